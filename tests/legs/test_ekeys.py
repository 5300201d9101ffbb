"""AXA eKeys: made by a service elsewhere while no transaction is open, and never at the ride's expense."""

import json
import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.history.models import Transition
from apps.history.services import fire
from apps.legs.access.ekeys import SIMULATED
from apps.legs.locks import lock_leg
from apps.legs.models import Leg
from apps.tomp.models import IdempotentAnswer
from tests.legs.test_access import accepting, bike
from tests.mp_server import Hang, MpServer, Raw, Reply
from tests.profiles import client as mp_with
from tests.rides import HERE, STAFF, at, confirmed, event, everything, offer, operate
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

AXA = "ACCESS_CODE_AXA_EKEY_OTP"
MADE = {
    "ekey": {"key": "certificate", "passkey": "123456"},
    "lock": {"bdAddress": "AA:BB:CC:00:11:22", "deviceName": "AXA:0042"},
}
KEY = {"Idempotency-Key": "retry-1"}


def made(**ekey: str) -> Reply:
    return Reply(body=json.dumps({**MADE, "ekey": {**MADE["ekey"], **ekey}}).encode())


@pytest.fixture
def service(settings: Any) -> Any:
    """A service of eKeys."""
    with MpServer() as server:
        server.always = made()
        settings.EKEY_SERVICE_URL = f"{server.base_url}/ekeys"
        settings.EKEY_SERVICE_TOKEN = "secret"
        settings.EKEY_SERVICE_SECONDS = 0.5
        yield server


def prepare(mp: TompClient, leg: str, **options: Any) -> dict[str, Any]:
    """The leg that PREPARE answers."""
    answer = mp.post(f"/legs/{leg}/events", {"time": at(timezone.now()), "event": "PREPARE"}, **options)
    assert (answer.status, answer.body["state"]) == (200, "PREPARING")
    return answer.body


def test_an_ekey_is_in_the_answer(operator, service):
    mp, asset = accepting(AXA), bike("AXA-EKEY-OTP", lock_device_id="0042")
    leg = confirmed(mp, asset)
    token = prepare(mp, leg)["assetAccessData"]
    assert token["tokenType"] == "tokenEKey"
    assert token["tokenData"] == {"tokenType": "tokenEKey", **MADE}
    (asked,) = service.received
    assert (asked.method, asked.path, asked.headers["Authorization"]) == ("POST", "/tomp/ekeys", "Bearer secret")
    body = json.loads(asked.body)
    assert body["lock"] == "0042"
    assert datetime.fromisoformat(body["validUntil"]) == datetime.fromisoformat(token["validUntil"])


def test_the_locks_name_is_else_the_assets_number(operator, service):
    asset = bike("AXA-EKEY-OTP")
    prepare(mp := accepting(AXA), confirmed(mp, asset))
    assert json.loads(service.received[0].body)["lock"] == asset.code


def test_each_answer_has_a_fresh_one(operator, service):
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP"))
    service.script.extend([made(passkey="1"), made(passkey="2")])
    keys = [mp.get(f"/legs/{leg}").body["assetAccessData"]["tokenData"]["ekey"]["passkey"] for _ in range(2)]
    assert keys == ["1", "2"]


def test_bookings_have_them_leg_by_leg(operator, service):
    mp = mp_with(booking=[AXA, "ACCESS_CODE_IN_COMMIT_EVENT", "ACCESS_CODE_IN_GET_BOOKING"])
    id_ = offer(mp, bike("AXA-EKEY-OTP"))
    mp.post("/bookings", {"id": id_})
    for answer in (operate(mp, id_, "COMMIT"), mp.get(f"/bookings/{id_}")):
        assert answer.body["legs"][0]["assetAccessData"]["tokenData"]["lock"] == MADE["lock"]


def test_a_pending_booking_has_none_as_it_would_open(operator, service):
    mp = mp_with(booking=[AXA, "ACCESS_CODE_IN_BOOKING"])
    booked = mp.post("/bookings", {"id": offer(mp, bike("AXA-EKEY-OTP"))})
    assert "assetAccessData" not in booked.body["legs"][0]
    assert not service.received


def test_it_is_asked_for_the_time_of_the_leg(operator, service):
    start = timezone.now() + timedelta(days=2)
    mp = accepting(AXA)
    plan = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1)), "to": HERE}
    leg = confirmed(mp, bike("AXA-EKEY-OTP"), **plan)
    prepare(mp, leg)
    asked = json.loads(service.received[0].body)
    span = datetime.fromisoformat(asked["validUntil"]) - datetime.fromisoformat(asked["validFrom"])
    assert span == timedelta(hours=1, minutes=15)
    with time_machine.travel(start + timedelta(hours=2)):
        assert "assetAccessData" not in mp.get(f"/legs/{leg}").body
    assert len(service.received) == 1


FAILURES = {
    "answers 503": Reply(status=503),
    "answers 302": Reply(status=302, headers={"Location": "/elsewhere"}),
    "cannot be read: no JSON": Reply(body=b"<html>"),
    "cannot be read: no lock": Reply(body=b'{"ekey": {"key": "a", "passkey": "b"}}'),
    "cannot be read: numbers": Reply(body=json.dumps({**MADE, "ekey": {"key": 1, "passkey": 2}}).encode()),
    "cannot be read: no object": Reply(body=b"[]"),
    "does not answer: rubbish": Raw(b"rubbish\r\n\r\n"),
    "does not answer: silence": Hang(),
    "does not answer: a byte at a time": Raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000, pause=0.1
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_service_does_not_hold_up_the_ride_and_staff_see_it(operator, service, admin_client, failure):
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP", "DEEPLINK"))
    service.always = FAILURES[failure]
    assert "assetAccessData" not in prepare(mp, leg)
    assert "assetAccessData" not in prepare(mp, leg)
    if isinstance(service.always, Hang):
        service.always.release()
    noted = Transition.objects.get(event="EKEY_FAILED")
    assert (noted.subject_id, noted.to_state) == (leg, "PREPARING")
    assert failure.split(":")[0] in noted.reason
    page = admin_client.get(f"/admin/bookings/booking/{leg}/change/").text
    assert "answered without access data" in page
    service.always = made()
    assert "assetAccessData" in prepare(mp, leg)
    assert event(mp, leg, "SET_IN_USE").status == 200


def test_a_service_that_is_not_there(operator, settings):
    settings.EKEY_SERVICE_URL = "http://127.0.0.1:1/ekeys"
    mp = accepting(AXA)
    assert "assetAccessData" not in prepare(mp, confirmed(mp, bike("AXA-EKEY-OTP")))


def test_without_a_service_the_next_format_in_common_is_given(operator, settings):
    settings.EKEY_SERVICE_URL = ""
    mp = accepting(AXA, "ACCESS_CODE_QR")
    leg = confirmed(mp, bike("AXA-EKEY-OTP", "QR"))
    assert prepare(mp, leg)["assetAccessData"]["tokenType"] == "tokenQR"
    assert not Transition.objects.filter(event="EKEY_FAILED").exists()


def test_simulated_keys_are_of_the_same_form(operator, settings):
    settings.EKEY_SERVICE_URL = SIMULATED
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP", lock_device_id="0042"))
    one, other = (mp.get(f"/legs/{leg}").body["assetAccessData"]["tokenData"] for _ in range(2))
    assert one["lock"] == other["lock"]
    assert one["lock"]["deviceName"] == "AXA:0042"
    assert one["ekey"] != other["ekey"]


# --- repeated calls ------------------------------------------------------------------------------------------


def test_a_repeated_call_has_a_key_too_and_none_is_kept(operator, service):
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP"))
    service.script.extend([made(passkey="first"), made(passkey="second")])
    sent = {"time": at(timezone.now()), "event": "PREPARE"}
    first, again = (mp.post(f"/legs/{leg}/events", sent, headers=KEY).body for _ in range(2))
    keys = [answer["assetAccessData"]["tokenData"]["ekey"].pop("passkey") for answer in (first, again)]
    assert keys == ["first", "second"]
    assert first == again
    kept = bytes(IdempotentAnswer.objects.get().body)
    assert b"tokenEKey" in kept
    assert b"passkey" not in kept
    assert Transition.objects.filter(event="PREPARE").count() == 1


def test_a_repetition_after_the_leg_opens_nothing(operator, service):
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP"))
    sent = {"time": at(timezone.now()), "event": "PREPARE"}
    mp.post(f"/legs/{leg}/events", sent, headers=KEY)
    operate(mp, leg, "CANCEL")
    before = everything()
    assert "assetAccessData" not in mp.post(f"/legs/{leg}/events", sent, headers=KEY).body
    assert everything() == before
    assert len(service.received) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, KEY])
def test_no_transaction_is_open_while_the_service_is_asked(operator, service, headers):
    service.always = waiting = Hang(made())
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP"))
    answers: list[dict[str, Any]] = []

    def call() -> None:
        try:
            answers.append(prepare(mp, leg, headers=headers))
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    try:
        service.wait_for_requests(1)
        assert Leg.objects.get(pk=leg).state == "PREPARING", "what the call did is committed"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
            )
            assert cursor.fetchone() == (0,)
    finally:
        waiting.release()
        thread.join()
    assert answers[0]["assetAccessData"]["tokenData"]["ekey"] == MADE["ekey"]


@pytest.mark.django_db(transaction=True)
def test_what_the_history_says_of_a_failure_fits_the_events_that_came_meanwhile(operator, service, settings):
    """The ride has begun by the time the service fails, and another event is just being written down."""
    settings.EKEY_SERVICE_SECONDS = 20
    service.always = failing = Hang(Reply(status=503))
    mp = accepting(AXA)
    leg = confirmed(mp, bike("AXA-EKEY-OTP"))

    def call() -> None:
        try:
            prepare(mp, leg)
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    try:
        service.wait_for_requests(1)
        assert event(mp, leg, "SET_IN_USE").status == 200
        with transaction.atomic():
            _, riding = lock_leg(UUID(leg))
            failing.release()
            wait_for_a_lock()
            fire(riding, "pause", actor=STAFF)
    finally:
        failing.release()
        thread.join()
    assert Transition.objects.get(event="EKEY_FAILED").from_state == "PAUSED"
    assert breaches(now=timezone.now()) == []


def wait_for_a_lock() -> None:
    """Until somebody waits for a row that we have locked."""
    deadline = time.monotonic() + 20
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
