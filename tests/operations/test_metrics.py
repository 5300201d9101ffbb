"""/metrics: what processes counted and what the database holds, for whoever has the token."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.bookings.services import expire_due
from apps.operations.models import TaskRun
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryState, OutboxMessage
from tests import factories
from tests.rides import leg_that_is, pending
from tests.tomp_client import TompClient

TOKEN = "of-prometheus"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def token() -> Iterator[None]:
    with override_settings(METRICS_TOKEN=TOKEN):
        yield


def scrape() -> Samples:
    """Each sample's value, by its name and labels."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.7"})
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


@pytest.mark.parametrize(("sent", "status"), [({}, 401), ({"Authorization": "Bearer other"}, 401)])
def test_it_is_for_prometheus_only(sent: dict[str, str], status: int) -> None:
    assert Client().get("/metrics", headers=sent).status_code == status


def test_there_is_none_without_a_token() -> None:
    with override_settings(METRICS_TOKEN=""):
        for sent in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
            assert Client().get("/metrics", headers=sent).status_code == 404


@pytest.mark.django_db
def test_it_costs_as_many_statements_whatever_there_is(
    mp: TompClient, asset: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leg_that_is(mp, asset, "IN_USE")
    factories.AssetFactory()
    with django_assert_num_queries(9):  # two of them begin and end a savepoint
        scrape()


@pytest.mark.django_db
def test_requests_are_counted_by_their_place_in_the_url_map(mp: TompClient) -> None:
    of = {"method": "GET", "endpoint": "tomp/bookings/<str:id>"}
    before = scrape()
    mp.get("/bookings/one")
    mp.get("/bookings/another")
    Client().get("/admin/login/")
    Client().get("/nowhere/at/all")
    Client().generic("BREW", "/nowhere")
    after = scrape()

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("tomp_requests_total", **of, status="404") == 2
    assert more("tomp_request_seconds_count", **of) == 2
    assert more("tomp_requests_total", method="GET", endpoint="admin", status="200") == 1
    assert more("tomp_requests_total", method="GET", endpoint="none", status="404") == 1
    assert more("tomp_requests_total", method="other", endpoint="none", status="404") == 1
    assert not any("metrics" in dict(labels).get("endpoint", "") for _, labels in after)


@pytest.mark.django_db
def test_events_are_counted_once_they_are_committed(
    mp: TompClient, asset: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    of = {"subject": "booking", "event": "EXPIRE"}
    before = scrape()
    pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert value(scrape(), "tomp_sweep_lag_seconds", sweep="expire bookings") > 3600
        with django_capture_on_commit_callbacks() as committing:
            assert expire_due() == 1
        assert value(scrape(), "tomp_transitions_total", **of) == value(before, "tomp_transitions_total", **of)
        for counted in committing:
            counted()
        after = scrape()
    assert value(after, "tomp_transitions_total", **of) - value(before, "tomp_transitions_total", **of) == 1
    assert value(after, "tomp_sweep_lag_seconds", sweep="expire bookings") == 0
    swept = {"sweep": "expire bookings", "outcome": "done"}
    assert value(after, "tomp_swept_rows_total", **swept) - value(before, "tomp_swept_rows_total", **swept) == 1


@pytest.mark.django_db
def test_the_outbox_is_told_by_mp_and_state() -> None:
    endpoint = factories.CallbackEndpointFactory(base_url="http://127.0.0.1:1")
    booking = factories.BookingFactory(provider=endpoint.provider)
    written = timezone.now() - timedelta(minutes=10)
    message = {"provider": endpoint.provider, "booking": booking, "subject": "CANCEL", "method": "POST", "body": {}}
    for state in (DeliveryState.PENDING, DeliveryState.FAILED, DeliveryState.DELIVERED):
        OutboxMessage.objects.create(**message, path="/bookings", state=state, created_at=written)
    mp = endpoint.provider.maas_id
    before = scrape()
    for state in ("PENDING", "FAILED"):
        assert value(before, "tomp_outbox_messages", provider=mp, state=state) == 1
        oldest = value(before, "tomp_outbox_oldest_timestamp_seconds", provider=mp, state=state)
        assert oldest == pytest.approx(written.timestamp(), abs=1)
    assert value(before, "tomp_outbox_messages", provider=mp, state="DELIVERED") == 0
    assert deliver_due() == 1
    after = scrape()
    assert (
        value(after, "tomp_deliveries_total", answer="none") - value(before, "tomp_deliveries_total", answer="none")
        == 1
    )


@pytest.mark.django_db
def test_what_is_open_is_told_by_state(mp: TompClient, asset: Any) -> None:
    leg_that_is(mp, asset, "IN_USE")
    TaskRun.objects.create(task="some.task", ended_at=timezone.now(), succeeded_at=timezone.now(), worker="w")
    samples = scrape()
    assert value(samples, "tomp_legs_open", state="IN_USE") == 1
    assert value(samples, "tomp_bookings_open", state="STARTED") == 1
    assert value(samples, "tomp_assets", state="IN_USE") == 1
    assert value(samples, "tomp_database_up") == 1
    assert value(samples, "tomp_task_success_timestamp_seconds", task="some.task") > 0


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_tells_what_was_counted() -> None:
    Client().get("/nowhere")
    before = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        samples = scrape()
    finally:
        connection.close()
        connection.settings_dict["HOST"] = before
    assert samples["tomp_database_up", frozenset()] == 0
    assert value(samples, "tomp_requests_total", method="GET", endpoint="none", status="404") > 0


@pytest.mark.django_db
def test_what_all_processes_counted_is_added_up(tmp_path: Path) -> None:
    program = "from tomp_backoffice.metrics import TASKS; TASKS.labels('theirs', 'SUCCESS').inc()"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}, check=True)
    with override_settings(METRICS_DIR=tmp_path):
        assert value(scrape(), "tomp_tasks_total", task="theirs", state="SUCCESS") == 2
