"""POST /support/ and GET /support/{id}/status: what is asked, what it does to ride and asset. Source: TOMP 1.6.1."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.damages.models import Damage
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.bookings.purging import purge_due
from apps.bookings.services import expire_due
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.support import services
from apps.support.forgetting import forget_requests, forget_texts
from apps.support.models import SupportRequest, SupportStatus
from apps.support.rules import stops_the_ride
from apps.tomp.errors import IllegalState, Missing
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.bookings.test_states import bring_to
from tests.profiles import client
from tests.rides import HERE, STAFF, at, confirmed, event, everything, leg_that_is, pending, with_second_leg
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

FLAT = {
    "vehicleComponent": "TIRE",
    "vehicleComponentName": "wheel",
    "description": "The rear tire is flat.",
    "pictures": ["https://mp.example/flat.jpg"],
}
WHOLE = {
    "supportType": "BROKEN_DOWN",
    "location": {**HERE, "name": "the bakery"},
    "time": "2026-11-20T08:00:00Z",
    "priority": "ERROR_CAN_CONTINUE",
    "contactInformationEndUser": "+31 6 87654321",
    "requestedResponseTime": 12.5,
    "damage": FLAT,
    "urls": ["https://mp.example/1.jpg"],
    "assetId": "B7",
}


def said(mp: TompClient, reference: str) -> list[dict[str, Any]]:
    answer = mp.get(f"/support/{reference}/status")
    assert answer.status == 200, answer
    return list(answer.body)


def rows() -> tuple[Any, ...]:
    """All that a support request could have changed."""
    return everything(), list(SupportRequest.objects.values()), list(SupportStatus.objects.values()), _damages()


def _damages() -> list[Any]:
    return list(Damage.objects.values())


# --- asking ---------------------------------------------------------------------------------------------


def test_a_whole_request_is_answered_its_status(mp: TompClient, asset: Any) -> None:
    booking = leg_that_is(mp, asset, "IN_USE")
    answer = mp.post("/support/", {"id": booking, **WHOLE, "comment": "It hisses."})
    assert answer.status == 200
    assert answer.body == {"id": booking, **WHOLE, "status": "PROCESSING", "order": 0}
    assert said(mp, booking) == [answer.body]
    request = SupportRequest.objects.get()
    assert (request.leg_id, request.asset_id, request.state) == (Leg.objects.get().pk, asset.pk, "PROCESSING")
    assert request.respond_by - request.received_at == timedelta(minutes=12.5)
    assert SupportStatus.objects.get().comment == "It hisses."
    assert mp.post("/support", {"id": booking, "supportType": "OTHER"}).status == 200, "without the slash"


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "FINISHED"])
def test_help_can_be_asked_for_in_any_state_of_the_booking(mp: TompClient, asset: Any, state: str) -> None:
    booking = bring_to(mp, asset, state)
    answer = mp.post("/support/", {"id": booking}).body
    assert answer == {"id": booking, "supportType": "OTHER", "priority": "OTHER", "status": "PROCESSING", "order": 0}


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({}, 5001, "id"),
        ({"supportType": "WEATHER"}, 5002, "supportType"),
        ({"priority": 1}, 5002, "priority"),
        ({"requestedResponseTime": -1}, 5002, "requestedResponseTime"),
        ({"requestedResponseTime": 1e300}, 5002, "requestedResponseTime"),
        ({"damage": {"vehicleComponent": "TIRE"}}, 5001, "damage.description"),
        ({"damage": {"vehicleComponent": "SOUL", "description": "x"}}, 5002, "damage.vehicleComponent"),
        ({"urls": ["no url"]}, 5002, "urls"),
        ({"time": "yesterday"}, 5002, "time"),
        ({"location": {"name": "here"}}, 5001, "location.coordinates"),
        ({"comment": "x" * 2001}, 5002, "comment"),
    ],
)
def test_what_cannot_be_asked_is_refused(mp: TompClient, asset: Any, body: Any, code: int, named: str) -> None:
    booking = confirmed(mp, asset)
    before = rows()
    answer = mp.post("/support/", {"id": booking, **body} if body else {})
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert named in answer.body["detail"]
    assert rows() == before


def test_what_is_unknown_or_another_mps_is_not_there(mp: TompClient, stranger: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    mp.post("/support/", {"id": booking})
    before = rows()
    calls = [(stranger, booking), (mp, str(uuid4())), (mp, "no-uuid")]
    for caller, reference in calls:
        for answer in (caller.post("/support/", {"id": reference}), caller.get(f"/support/{reference}/status")):
            assert (answer.status, answer.body["errorcode"]) == (404, 5204)
    answer = mp.post("/support/", {"assetId": "nothing like it"})
    assert (answer.status, answer.body["errorcode"]) == (404, 5204)
    assert rows() == before


def test_of_a_booking_without_requests_there_is_no_status(mp: TompClient, asset: Any) -> None:
    answer = mp.get(f"/support/{confirmed(mp, asset)}/status")
    assert (answer.status, answer.body["errorcode"]) == (404, 5204)


def test_a_damage_can_be_reported_on_an_asset_that_nobody_booked(mp: TompClient, asset: Any) -> None:
    body = {"assetId": asset.code, "damage": FLAT, "priority": "ERROR_CANNOT_CONTINUE", "comment": "Look!"}
    answers = [mp.post("/support/", body) for _ in range(2)]
    assert answers[0].body == answers[1].body, "the same again is the same request"
    reference = answers[0].body["id"]
    assert said(mp, reference) == [answers[0].body]
    damage = Damage.objects.get()
    assert (damage.asset, damage.description, damage.severity) == (asset, FLAT["description"], "MINOR")
    assert mp.get("/operator/available-assets").body[0]["nrAvailable"] == 1, "staff look at it first"
    more = mp.post("/support/", {"id": reference, "comment": "And the bell."}).body
    assert (more["id"], more["order"]) == (reference, 1)


# --- once, and in order -----------------------------------------------------------------------------------


def test_the_same_again_changes_nothing_and_more_is_added(mp: TompClient, asset: Any) -> None:
    booking = leg_that_is(mp, asset, "IN_USE")
    body = {"id": booking, **WHOLE, "comment": "It hisses."}
    first = mp.post("/support/", body)
    before = rows()
    assert mp.post("/support/", body).body == first.body
    assert rows() == before
    assert mp.post("/support/", {**body, "comment": "Louder now."}).body["order"] == 1
    assert mp.post("/support/", {"id": booking, "supportType": "NOT_CLEAN"}).body["order"] == 2, "another request"
    assert SupportRequest.objects.count() == 2
    assert [(one["order"], one["supportType"]) for one in said(mp, booking)] == [
        (0, "BROKEN_DOWN"),
        (1, "BROKEN_DOWN"),
        (2, "NOT_CLEAN"),
    ]
    assert Damage.objects.count() == 1


def test_who_asks_again_is_not_put_off_by_it(mp: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    body = {"id": booking, "priority": "DISTURBING_ISSUE"}
    mp.post("/support/", body)
    promised = SupportRequest.objects.get().respond_by
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        mp.post("/support/", {**body, "comment": "Hello?"})
        assert SupportRequest.objects.get().respond_by == promised
        services.ask(request_id=SupportRequest.objects.get().pk, actor=STAFF, message="Where?")
        mp.post("/support/", {**body, "comment": "Here."})
        request = SupportRequest.objects.get()
        assert (request.answered_at, request.respond_by > promised) == (None, True)


def test_from_the_question_to_the_solution(operator: Any, asset: Any) -> None:
    mp = client(tripExecution=["GENERAL_NOTIFICATION"])
    booking = leg_that_is(mp, asset, "IN_USE")
    body = {"id": booking, "supportType": "UNABLE_TO_CLOSE"}
    mp.post("/support/", body)
    request = SupportRequest.objects.get().pk
    services.take_up(request_id=request, actor=STAFF, minutes=9)
    services.ask(request_id=request, actor=STAFF, message="Does the light blink?")
    mp.post("/support/", {**body, "comment": "Yes, red."})
    services.answer(request_id=request, actor=STAFF, message="Push harder.")
    services.resolve(request_id=request, actor=STAFF, message="Glad it works.")
    told = [(one["order"], one["status"], one.get("timeToResolution"), one.get("comment")) for one in said(mp, booking)]
    assert told == [
        (0, "PROCESSING", None, None),
        (1, "PROCESSING", 9, None),
        (2, "UPDATE_REQUESTED", None, "Does the light blink?"),
        (3, "PROCESSING", None, None),
        (4, "PROCESSING", None, "Push harder."),
        (5, "RESOLVED", None, "Glad it works."),
    ]
    messages = OutboxMessage.objects.filter(subject="MESSAGE_TO_END_USER").order_by("id")
    words = ["Does the light blink?", "Push harder.", "Glad it works."]
    assert [message.body["comment"] for message in messages] == words
    assert not Transition.objects.filter(reason__in=words).exists(), "what was said is not in the log"
    assert breaches(now=timezone.now()) == []
    for act in (services.answer, services.ask, services.close):
        with pytest.raises(IllegalState):
            act(request_id=request, actor=STAFF, message="One more thing")
    assert mp.post("/support/", body).body["order"] == 6, "what was resolved is asked anew"
    assert SupportRequest.objects.count() == 2


def test_an_mp_that_takes_no_messages_reads_the_status(mp: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    mp.post("/support/", {"id": booking})
    services.close(request_id=SupportRequest.objects.get().pk, actor=STAFF, message="Not ours.")
    assert not OutboxMessage.objects.exists()
    assert said(mp, booking)[-1]["status"] == "CANCELLED"
    mp.post("/support/", {"id": booking})
    with pytest.raises(Missing):
        services.close(request_id=SupportRequest.objects.get(state="PROCESSING").pk, actor=STAFF, message=" ")


def test_the_database_keeps_statuses_as_they_were(mp: TompClient, asset: Any) -> None:
    mp.post("/support/", {"id": confirmed(mp, asset), "comment": "Hello"})
    status = SupportStatus.objects.all()
    for change in (
        lambda: status.update(order=7),
        lambda: status.update(comment="Goodbye"),
        lambda: status.update(state="RESOLVED"),
        lambda: status.delete(),
        lambda: SupportStatus.objects.create(
            request=status[0].request, reference=status[0].reference, order=0, state="RESOLVED"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert status.update(comment="") == 1, "what was said can be forgotten"


# --- what it does to the ride -----------------------------------------------------------------------------

CANNOT = "ERROR_CANNOT_CONTINUE"


@pytest.mark.parametrize(
    ("kind", "priority", "stops"),
    [
        ("BROKEN_DOWN", "", True),
        ("ACCIDENT", "", True),
        ("MISSING_AFTER_PAUSE", "", True),
        ("BROKEN_DOWN", "ERROR_CAN_CONTINUE", False),
        ("UNABLE_TO_OPEN", "", False),
        ("UNABLE_TO_OPEN", CANNOT, True),
        ("OTHER", CANNOT, True),
        ("API_TECHNICAL", CANNOT, False),
        ("NOT_CLEAN", "QUESTION", False),
    ],
)
def test_what_stops_a_ride(kind: str, priority: str, stops: bool) -> None:
    assert stops_the_ride(kind, priority) is stops


@pytest.mark.parametrize("state", ["NOT_STARTED", "IN_USE", "PAUSED"])
def test_a_ride_that_cannot_go_on_is_stopped_and_its_asset_kept_from_others(
    mp: TompClient, asset: Any, state: str
) -> None:
    booking = leg_that_is(mp, asset, state)
    assert mp.post("/support/", {"id": booking, "supportType": "BROKEN_DOWN"}).status == 200
    leg = Leg.objects.get()
    assert (leg.state, leg.state_before_issue) == ("ISSUE_REPORTED", state)
    damage = Damage.objects.get()
    assert (damage.asset_id, damage.severity, damage.description) == (asset.pk, "UNUSABLE", "Broken down")
    request = SupportRequest.objects.get()
    services.resolve(request_id=request.pk, actor=STAFF, message="Try again.", ride_goes_on=True)
    assert Leg.objects.get().state == state
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("state", ["FINISHED", "CANCELLED"])
def test_a_ride_that_is_over_is_not_stopped(mp: TompClient, asset: Any, state: str) -> None:
    booking = bring_to(mp, asset, state)
    assert mp.post("/support/", {"id": booking, "supportType": "ACCIDENT"}).status == 200
    assert Leg.objects.get().state == state
    assert Damage.objects.get().severity == ("UNUSABLE" if state == "FINISHED" else "MINOR")


def test_a_question_stops_nothing(mp: TompClient, asset: Any) -> None:
    booking = leg_that_is(mp, asset, "IN_USE")
    mp.post("/support/", {"id": booking, "supportType": "NOT_CLEAN", "priority": "QUESTION"})
    assert Leg.objects.get().state == "IN_USE"
    assert not Damage.objects.exists()


def test_of_several_legs_the_asset_says_which(mp: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    other = factories.AssetFactory()
    second = with_second_leg(booking, other)
    mp.post("/support/", {"id": booking, "supportType": "BROKEN_DOWN"})
    assert not Leg.objects.filter(state="ISSUE_REPORTED").exists(), "which one, is not said"
    mp.post("/support/", {"id": booking, "supportType": "ACCIDENT", "assetId": other.code})
    assert Leg.objects.get(state="ISSUE_REPORTED") == second
    assert Damage.objects.get().asset == other


def test_a_purged_bookings_requests_are_still_there(mp: TompClient, asset: Any) -> None:
    booking = pending(mp, asset)
    mp.post("/support/", {"id": booking})
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        expire_due()
        assert purge_due(now=timezone.now()) == 1
        assert not Booking.objects.exists()
        assert said(mp, booking)[0]["status"] == "PROCESSING"
        assert mp.post("/support/", {"id": booking, "comment": "Hello?"}).body["order"] == 1


# --- cost -------------------------------------------------------------------------------------------------


def test_what_it_costs(mp: TompClient, asset: Any) -> None:
    booking = leg_that_is(mp, asset, "IN_USE")
    for number in range(3):
        mp.post("/support/", {"id": booking, "comment": str(number)})
    for call, most in (
        (lambda: mp.post("/support/", {"id": booking, "supportType": "NOT_CLEAN", "assetId": asset.code}), 15),
        (lambda: mp.get(f"/support/{booking}/status"), 2),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status == 200
        assert len(queries) <= most, [query["sql"][:100] for query in queries]


def test_a_key_makes_it_once(mp: TompClient, asset: Any) -> None:
    body = {"id": confirmed(mp, asset), "time": at(timezone.now())}
    answers = [mp.post("/support/", body, headers={"Idempotency-Key": "k"}).body for _ in range(2)]
    assert answers[0] == answers[1]
    assert SupportStatus.objects.count() == 1


def test_a_stopped_ride_goes_on_only_with_the_operator(mp: TompClient, asset: Any) -> None:
    booking = leg_that_is(mp, asset, "IN_USE")
    mp.post("/support/", {"id": booking, "supportType": "ACCIDENT"})
    assert event(mp, booking, "FINISH").status == 403


@pytest.mark.parametrize("by", ["MP", "staff"])
def test_what_is_said_after_all_was_forgotten_is_forgotten_too(mp: TompClient, asset: Any, by: str) -> None:
    booking = confirmed(mp, asset)
    asked = {"id": booking, "supportType": "OTHER", "comment": "I am Ada"}
    mp.post("/support/", asked)
    forget_requests(SupportRequest.objects.all(), now=timezone.now())
    request = SupportRequest.objects.get()
    if by == "MP":
        mp.post("/support/", {**asked, "contactInformationEndUser": "ada@example.org"})
    services.close(request_id=request.pk, actor=STAFF, message="Dear Ada")
    later = timezone.now() + timedelta(days=181)
    assert forget_texts(now=later) == 1
    request.refresh_from_db()
    assert request.contact == ""
    assert not request.statuses.exclude(comment="").exists()
    assert forget_texts(now=later) == 0
