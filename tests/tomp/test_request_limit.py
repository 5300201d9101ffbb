"""An MP's request limit: so many in a minute of the clock, then 429 until the next one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.providers.models import Provider
from apps.tomp.models import RequestCount
from apps.tomp.request_limit import purge_request_counts
from tests.rides import HERE, everything
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 7, 28, 10, 30, 17, tzinfo=UTC)


def limit(provider: Provider, requests: int | None) -> None:
    provider.request_limit = requests
    provider.save(update_fields=["request_limit"])


@time_machine.travel(MOMENT, tick=False)
def test_above_the_limit_is_refused_until_the_next_minute(mp: TompClient, provider: Provider) -> None:
    limit(provider, 3)
    assert [mp.get("/operator/meta").status for _ in range(3)] == [200] * 3
    refused = mp.get("/operator/meta")
    assert (refused.status, refused.body["errorcode"]) == (429, 1007)
    assert refused.headers["Retry-After"] == "43"
    with time_machine.travel(MOMENT + timedelta(seconds=43), tick=False):
        assert mp.get("/operator/meta").status == 200


@time_machine.travel(MOMENT, tick=False)
def test_a_refused_call_changes_nothing(mp: TompClient, provider: Provider, asset: Any) -> None:
    limit(provider, 1)
    offered = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]})
    before = everything()
    answer = mp.post("/bookings", {"id": offered.body["options"][0]["id"]}, headers={"Idempotency-Key": "one"})
    assert (answer.status, answer.body["errorcode"]) == (429, 3007)
    assert everything() == before
    assert RequestCount.objects.get().requests == 1
    with time_machine.travel(MOMENT + timedelta(minutes=1), tick=False):
        again = mp.post("/bookings", {"id": offered.body["options"][0]["id"]}, headers={"Idempotency-Key": "one"})
    assert again.status == 201


def test_each_mp_has_its_own(mp: TompClient, stranger: TompClient, provider: Provider) -> None:
    limit(provider, 1)
    limit(stranger.provider, 1)
    with time_machine.travel(MOMENT, tick=False):
        assert [client.get("/operator/meta").status for client in (mp, stranger, mp)] == [200, 200, 429]


def test_calls_without_valid_credentials_do_not_count(mp: TompClient, provider: Provider) -> None:
    limit(provider, 1)
    assert mp.get("/operator/meta", headers={"X-API-Key": f"{mp.key}x"}).status == 401
    assert not RequestCount.objects.exists()


def test_it_costs_one_statement_and_without_a_limit_none(
    mp: TompClient, provider: Provider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mp.get("/operator/meta")  # the published process is in memory from here on
    with django_assert_num_queries(1):
        mp.get("/operator/meta")
    assert not RequestCount.objects.exists()
    limit(provider, 10)
    with django_assert_num_queries(2):
        mp.get("/operator/meta")


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_no_more_pass_than_agreed(mp: TompClient, provider: Provider) -> None:
    limit(provider, 5)

    def call(_: int) -> int:
        try:
            return mp.get("/operator/meta").status
        finally:
            connections.close_all()

    with time_machine.travel(MOMENT, tick=False), ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(call, range(40)))
    assert statuses == {200: 5, 429: 35}
    assert RequestCount.objects.get().requests == 5


def test_old_counts_are_purged(mp: TompClient, provider: Provider) -> None:
    limit(provider, 10)
    with time_machine.travel(MOMENT, tick=False):
        mp.get("/operator/meta")
    with time_machine.travel(MOMENT + timedelta(minutes=61), tick=False):
        mp.get("/operator/meta")
        purge_request_counts(now=timezone.now())
        assert [count.minute for count in RequestCount.objects.all()] == [
            (MOMENT + timedelta(minutes=61)).replace(second=0)
        ]


def test_a_limit_of_nothing_is_refused(provider: Provider) -> None:
    provider.request_limit = 0
    with pytest.raises(ValidationError, match="request_limit"):
        provider.full_clean()
    with pytest.raises(IntegrityError, match="provider_request_limit_is_positive"), transaction.atomic():
        provider.save(update_fields=["request_limit"])
