"""Calls of MPs are kept for the integration desk: who called what, what came of it, and nothing that is personal."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.calls import counting
from apps.calls.counting import tally
from apps.calls.models import Call, CallCount
from apps.calls.services import purge_call_counts, purge_calls
from apps.providers.services import create_credential, revoke_credential
from tests.rides import HERE, pending
from tests.tomp_client import QuickClient, TompClient

pytestmark = pytest.mark.django_db

JO = {"lastName": "Zwartendijk", "email": "jo@mp.example", "phones": [{"number": "+31687654321"}]}


def test_a_call_is_kept_with_its_request_and_answer(mp: TompClient, asset: Any) -> None:
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]})
    call = Call.objects.get()
    assert (call.provider, call.method, call.path) == (mp.provider, "POST", "planning/offers")
    assert (call.endpoint, call.status, call.error_code) == ("planning/offers", 201, None)
    assert call.request_id == answer.headers["X-Request-ID"]
    assert json.loads(call.request_body) == {"from": {"coordinates": "•••"}, "useAssets": [asset.public_id]}
    kept = json.loads(call.answer_body)["options"][0]
    assert kept["id"] == answer.body["options"][0]["id"]
    assert kept["legs"][0]["assetType"]["assetClass"] == "BICYCLE"


def test_an_error_is_kept_with_its_code(mp: TompClient, asset: Any) -> None:
    booking = pending(mp, asset)
    Call.objects.all().delete()
    assert mp.post(f"/bookings/{booking}/events", {"operation": "DANCE"}).status == 400
    call = Call.objects.get()
    assert (call.endpoint, call.path) == ("bookings/{id}/events", f"bookings/{booking}/events")
    assert (call.status, call.error_code) == (400, 3002)
    assert json.loads(call.answer_body)["title"] == "Invalid field"


def test_what_is_rolled_back_is_kept_all_the_same(mp: TompClient, asset: Any) -> None:
    """A call that is refused within its transaction, here under an Idempotency-Key, which makes one around it all."""
    booking = pending(mp, asset)
    Call.objects.all().delete()
    with transaction.atomic():
        answer = mp.post(
            f"/bookings/{booking}/events", {"operation": "FINISH"}, headers={"Idempotency-Key": "finish-1"}
        )
    assert answer.status in {400, 403}
    assert Call.objects.get().status == answer.status


def test_nothing_personal_and_no_secret_is_kept(mp: TompClient, asset: Any) -> None:
    account = mp.post("/customers", JO).body["id"]
    mp.get(f"/customers/{account}")
    offered = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]}).body["options"][0]["id"]
    more = {"extraInfo": {"note": "Zwartendijk"}, "unheardOf": "Zwartendijk"}
    mp.post("/bookings", {"id": offered, "customer": {"id": account, **JO}, **more})
    mp.post("/bookings", {"id": "Jo Zwartendijk <jo@mp.example>"})
    mp.get("/bookings?customer=Zwartendijk&state=CONFIRMED")
    QuickClient(mp.provider).get("/Zwartendijk31687654321")
    mp.post(f"/payment/{offered}/claim-extra-costs", {"account": {"name": "Zwartendijk", "number": 31687654321}})
    assert Call.objects.count() == 8
    told = str(list(Call.objects.values_list("path", "request_body", "answer_body")))
    for secret in ("zwartendijk", "jo@mp", "31687654321", account, mp.key):
        assert secret not in told.lower().replace(account.upper(), account)
    assert "bookings?customer=•••&state=CONFIRMED" in told


def test_reads_of_crowds_are_counted_and_kept_only_where_they_fail(mp: TompClient, asset: Any) -> None:
    assert mp.get("/operator/available-assets").status == 200
    assert not Call.objects.exists()
    assert CallCount.objects.get().endpoint == "operator/available-assets"
    assert mp.get("/operator/available-assets?limit=x").status == 400
    assert Call.objects.get().error_code == 1002


def test_what_a_process_answers_in_a_few_seconds_is_written_at_once(mp: TompClient, monkeypatch: Any) -> None:
    for _ in range(4):
        mp.get("/operator/ping")
    assert CallCount.objects.get().calls == 1
    monkeypatch.setattr(counting, "SECONDS", 0)
    mp.get("/operator/ping")
    assert sum(CallCount.objects.values_list("calls", flat=True)) == 5
    assert CallCount.objects.filter(status=200, error_code=0, endpoint="operator/ping").exists()


def test_a_call_costs_one_statement_more_and_a_count_now_and_then(mp: TompClient, settings: Any) -> None:
    counts = []
    mp.get("/bookings")
    tally.forget()
    for days in (0, 14, 14):
        settings.CALL_LOG_DAYS = days
        with CaptureQueriesContext(connection) as queries:
            assert mp.get("/bookings").status == 200
        counts.append(len(queries))
    assert [count - counts[0] for count in counts] == [0, 2, 1]


@pytest.mark.parametrize("kind", ["revoked", "wrong", "of another"])
def test_a_refused_call_is_told_to_the_mp_it_seems_to_come_from(
    mp: TompClient, stranger: TompClient, kind: str
) -> None:
    headers: dict[str, str | None] = {"X-API-Key": f"{mp.key[:-1]}?" if kind == "wrong" else mp.key}
    if kind == "revoked":
        revoke_credential(credential=mp.provider.credentials.get())
    if kind == "of another":
        headers["maas-id"] = stranger.provider.maas_id
    assert mp.post("/customers", JO, headers=headers).status in {401, 403}
    call = Call.objects.get()
    assert (call.provider, call.error_code) == (mp.provider, 8006)
    assert call.request_body == ""


def test_strangers_make_us_write_one_a_second_at_most(mp: TompClient) -> None:
    for _ in range(3):
        mp.get("/bookings", headers={"X-API-Key": "nonsense"})
    assert Call.objects.count() == 1
    mp.get("/bookings", headers={"X-API-Key": "nonsense", "maas-id": "nobody"})
    assert Call.objects.count() == 1


def test_a_call_of_nobody_we_know_is_not_kept(mp: TompClient) -> None:
    _, other = create_credential(provider=mp.provider, label="other")
    nobody = f"tomp_000000000000_{other.rpartition('_')[2]}"
    mp.get("/bookings", headers={"X-API-Key": nobody, "maas-id": "nobody\x00"})
    assert not Call.objects.exists()


def test_bodies_may_be_left_out_and_long_ones_are_cut(mp: TompClient, asset: Any, settings: Any) -> None:
    mp.post("/planning/offers", {"from": HERE, "useAssets": [f"{number}" for number in range(2000)]})
    assert len(Call.objects.get().request_body) == 8001
    settings.CALL_LOG_BODIES = False
    mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]})
    call = Call.objects.first()
    assert call is not None
    assert (call.status, call.request_body, call.answer_body) == (201, "", "")


def test_a_log_that_cannot_be_written_disturbs_no_call(mp: TompClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "ADD", "SELECT nonsense")
    with transaction.atomic(), CaptureQueriesContext(connection):
        assert mp.get("/bookings").status == 200
        transaction.set_rollback(True)
    assert not Call.objects.exists()


def test_calls_are_kept_for_a_set_time(mp: TompClient, settings: Any) -> None:
    mp.get("/bookings")
    assert purge_calls(now=timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(days=14, hours=2)):
        assert purge_calls(now=timezone.now()) == purge_call_counts(now=timezone.now()) == 1
    assert not Call.objects.exists()
    assert not CallCount.objects.exists()
