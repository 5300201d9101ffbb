"""`Idempotency-Key`: any POST can be repeated. Source: DESIGN, "Calls that repeat"."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.planning.models import Offer
from apps.tomp.idempotency import _claim, purge_answers
from apps.tomp.models import IdempotentAnswer
from tests.concurrency.test_races import at_once
from tests.rides import HERE, confirmed, everything, now, offer

KEY = {"Idempotency-Key": "retry-1"}


def plan(asset) -> dict:
    return {"from": HERE, "useAssets": [asset.public_id]}


@pytest.mark.django_db
def test_the_same_key_gets_the_same_answer_and_does_nothing_again(mp, asset):
    first = mp.post("/planning/offers", plan(asset), headers=KEY)
    again = mp.post("/planning/offers", plan(asset), headers=KEY)
    assert (again.status, again.body) == (first.status, first.body)
    assert Offer.objects.count() == 1
    assert mp.post("/planning/offers", plan(asset), headers={"Idempotency-Key": "another"}).body != first.body


@pytest.mark.django_db
def test_headers_are_kept_with_the_answer(mp, asset):
    id_ = offer(mp, asset)
    first = mp.post("/bookings", {"id": id_}, headers=KEY)
    assert mp.post("/bookings", {"id": id_}, headers=KEY).headers["Expires"] == first.headers["Expires"]


@pytest.mark.django_db
def test_a_refusal_is_repeated_too(mp, asset):
    leg = confirmed(mp, asset)
    event = {"time": now(), "event": "FINISH"}
    refused = mp.post(f"/legs/{leg}/events", event, headers=KEY)
    assert refused.body["errorcode"] == 4004
    assert mp.post(f"/legs/{leg}/events", event, headers=KEY).body == refused.body


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused(mp, asset):
    mp.post("/planning/offers", plan(asset), headers=KEY)
    before = everything()
    for path, body in [("/planning/offers", {**plan(asset), "radius": 5}), ("/planning/inquiries", plan(asset))]:
        answer = mp.post(path, body, headers=KEY)
        assert (answer.status, answer.body["errorcode"]) == (422, 2002)
    assert everything() == before
    assert Offer.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_the_mps_own(mp, stranger, asset):
    mp.post("/planning/offers", plan(asset), headers=KEY)
    assert stranger.post("/planning/offers", {**plan(asset), "radius": 5}, headers=KEY).status == 201


@pytest.mark.django_db
def test_an_error_of_ours_is_not_kept(mp, asset):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE planning_offer ADD CONSTRAINT broken CHECK (provider_id < 0) NOT VALID")
    failed = mp.client.post(
        "/tomp/planning/offers", plan(asset), content_type="application/json", headers={**mp.headers, **KEY}
    )
    assert failed.status_code == 500
    assert failed.json()["errorcode"] == 2005
    assert not IdempotentAnswer.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE planning_offer DROP CONSTRAINT broken")
    assert mp.post("/planning/offers", plan(asset), headers=KEY).status == 201


@pytest.mark.django_db
def test_a_key_is_kept_for_a_day(mp, asset):
    mp.post("/planning/offers", plan(asset), headers=KEY)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert mp.post("/planning/offers", {**plan(asset), "radius": 5}, headers=KEY).status == 201
    with time_machine.travel(timezone.now() + timedelta(hours=50)):
        assert purge_answers(now=timezone.now()) == 1


@pytest.mark.django_db
def test_a_key_too_long_is_refused(mp, asset):
    answer = mp.post("/planning/offers", plan(asset), headers={"Idempotency-Key": "x" * 256})
    assert (answer.status, answer.body["errorcode"]) == (400, 2002)


@pytest.mark.django_db(transaction=True)
def test_while_the_first_call_runs_the_others_are_told_to_wait(mp, asset):
    held, checked = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                _claim(mp.provider, "retry-1")
                held.set()
                checked.wait(timeout=30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(timeout=30)
        answer = mp.post("/planning/offers", plan(asset), headers=KEY)
    finally:
        checked.set()
        thread.join()
    assert (answer.status, answer.body["errorcode"]) == (409, 2004)
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one(mp, asset):
    answers = at_once([lambda: mp.post("/planning/offers", plan(asset), headers=KEY)] * 16)
    assert {answer.status for answer in answers} <= {201, 409}
    assert Offer.objects.count() == 1
