"""STATES, "Leg", ISSUE_REPORTED: what stops a ride, what remains possible, and what happens when it is resolved."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.bookings.services import cancel, cancel_no_shows
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.legs.issues import report_issue, resolve_issue
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg, LegEvent
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.payments.models import JournalEntry
from apps.tomp.errors import IllegalState, Missing, NotFound
from apps.webhooks.models import OutboxMessage
from tests import factories, pressing
from tests.legs.test_states import EVENTS, fields_for
from tests.profiles import client as mp_with
from tests.rides import STAFF, confirmed, event, everything, leg_that_is, operate, pending

pytestmark = pytest.mark.django_db

OPEN = [str(state) for state in (*BEFORE_THE_RIDE, *UNDER_WAY)]


def stopped(mp, asset, state: str) -> str:
    """The id of a leg that was in `state` when an issue was reported."""
    leg = leg_that_is(mp, asset, state)
    report_issue(leg_id=UUID(leg), actor=STAFF, reason="flat tyre")
    return leg


def by_staff(leg: str, name: str, **fields) -> Leg:
    fields = {"time": timezone.now(), "comment": "no other way", **fields}
    return apply_event(leg_id=UUID(leg), happening=Happening(event=name, **fields), actor=STAFF)


def steps_of(leg: str) -> list[tuple[str, str, str]]:
    rows = Transition.objects.filter(booking_id=leg, subject_kind="leg").order_by("id")
    return list(rows.values_list("event", "from_state", "to_state"))


@pytest.mark.parametrize("state", OPEN)
def test_an_issue_stops_the_leg_and_resolving_returns_to_where_it_was(mp, asset, state):
    leg = stopped(mp, asset, state)
    assert mp.get(f"/legs/{leg}").body["state"] == "ISSUE_REPORTED"
    asset.refresh_from_db()
    assert asset.state == ("RESERVED" if state in BEFORE_THE_RIDE else "IN_USE"), "it stays what it is"
    assert asset.reservations.filter(released_at=None).count() == 1
    assert breaches(now=timezone.now()) == []
    resolve_issue(leg_id=UUID(leg), actor=STAFF, reason="new tyre")
    assert mp.get(f"/legs/{leg}").body["state"] == state
    assert steps_of(leg)[-2:] == [
        ("REPORT_ISSUE", state, "ISSUE_REPORTED"),
        ("RESOLVE_ISSUE", "ISSUE_REPORTED", state),
    ]
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("name", EVENTS)
def test_the_mp_can_do_nothing_with_it(mp, asset, state, name):
    leg = stopped(mp, asset, state)
    fields = fields_for(name, asset)
    before = everything()
    answer = event(mp, leg, name, **fields)
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert (name in answer.body["detail"], "ISSUE_REPORTED" in answer.body["detail"]) == (True, True)
    assert everything() == before


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("name", ["PREPARE", "SET_IN_USE", "PAUSE", "START_FINISHING"])
def test_staff_too_can_only_end_it(mp, asset, state, name):
    leg = stopped(mp, asset, state)
    before = everything()
    with pytest.raises(IllegalState, match="ISSUE_REPORTED"):
        by_staff(leg, name)
    assert everything() == before


@pytest.mark.parametrize("state", UNDER_WAY)
def test_staff_finish_it(mp, asset, state):
    leg = stopped(mp, asset, state)
    by_staff(leg, "FINISH")
    assert mp.get(f"/bookings/{leg}").body["state"] == "FINISHED"
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"
    assert JournalEntry.objects.filter(booking_id=leg).count() == 1
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("state", BEFORE_THE_RIDE)
def test_a_ride_that_never_began_is_not_finished(mp, asset, state):
    leg = stopped(mp, asset, state)
    before = everything()
    with pytest.raises(IllegalState, match="ISSUE_REPORTED"):
        by_staff(leg, "FINISH")
    assert everything() == before


@pytest.mark.parametrize("state", OPEN)
def test_staff_cancel_it_and_the_mp_is_told(mp, asset, state):
    leg = stopped(mp, asset, state)
    by_staff(leg, "CANCEL")
    seen = mp.get(f"/bookings/{leg}").body
    assert (seen["state"], seen["legs"][0]["state"]) == ("CANCELLED", "CANCELLED")
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"
    assert not asset.reservations.filter(released_at=None).exists()
    told = OutboxMessage.objects.filter(method="POST").order_by("id")
    assert [message.path for message in told] == [f"/legs/{leg}/events", f"/bookings/{leg}/events"]
    assert told[1].body == {"operation": "CANCEL", "origin": "TO", "reason": "no other way"}
    assert breaches(now=timezone.now()) == []


def test_the_whole_booking_is_cancelled_with_it(mp, asset):
    leg = stopped(mp, asset, "IN_USE")
    cancel(booking_id=UUID(leg), actor=STAFF, reason="accident")
    assert mp.get(f"/legs/{leg}").body["state"] == "CANCELLED"
    other = stopped(mp, factories.AssetFactory(), "NOT_STARTED")
    assert operate(mp, other, "CANCEL").body["state"] == "CANCELLED"
    assert breaches(now=timezone.now()) == []


def test_a_second_report_changes_nothing(mp, asset):
    leg = stopped(mp, asset, "IN_USE")
    before = everything()
    assert report_issue(leg_id=UUID(leg), actor=STAFF, reason="and the bell").state == "ISSUE_REPORTED"
    assert everything() == before


@pytest.mark.parametrize("state", ["FINISHED", "CANCELLED", "PENDING"])
def test_what_is_over_or_not_agreed_has_no_issue(mp, asset, state):
    leg = leg_that_is(mp, asset, "FINISHED") if state == "FINISHED" else pending(mp, asset)
    if state == "CANCELLED":
        operate(mp, leg, "CANCEL")
    before = everything()
    with pytest.raises(IllegalState, match=state):
        report_issue(leg_id=UUID(leg), actor=STAFF, reason="flat tyre")
    with pytest.raises(IllegalState, match="No issue"):
        resolve_issue(leg_id=UUID(leg), actor=STAFF, reason="new tyre")
    assert everything() == before


def test_it_takes_a_reason_and_ones_own_leg(mp, stranger, asset):
    leg = confirmed(mp, asset)
    caller = Actor(ActorKind.MP, "stranger")
    before = everything()
    for service in (report_issue, resolve_issue):
        with pytest.raises(Missing, match="reason"):
            service(leg_id=UUID(leg), actor=STAFF, reason="")
        with pytest.raises(NotFound):
            service(leg_id=UUID(leg), actor=caller, reason="x", provider_id=stranger.provider.pk)
        with pytest.raises(NotFound):
            service(leg_id=UUID(int=1), actor=caller, reason="x")
    assert everything() == before


def test_nobody_is_a_no_show_while_an_issue_is_open_nor_right_after(mp, asset):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        leg = confirmed(mp, asset)
        clock.shift(timedelta(minutes=10))
        report_issue(leg_id=UUID(leg), actor=STAFF, reason="it does not open")
        clock.shift(timedelta(hours=1))
        before = everything()
        assert cancel_no_shows() == 0
        assert everything() == before
        resolve_issue(leg_id=UUID(leg), actor=STAFF, reason="it does now")
        assert cancel_no_shows() == 0
        clock.shift(timedelta(minutes=6))
        assert cancel_no_shows() == 1, "fifteen minutes of waiting are over"
    assert Booking.objects.get(pk=leg).state == "CANCELLED"


@pytest.mark.parametrize(("state", "amount"), [("IN_USE", 16), ("PAUSED", 7)])
def test_its_time_is_charged_as_that_of_the_state_it_interrupts(operator, mp, state, amount):
    paused = {"asset_state": "PAUSED", "type": "FLEX", "amount": "0.10", "units": 1, "unit_type": "MINUTE"}
    ridden = {"type": "FLEX", "amount": "0.25", "units": 1, "unit_type": "MINUTE"}
    plan = factories.PricingPlanFactory(parts=[{"type": "FIXED", "amount": 1}, ridden, paused])
    asset = factories.AssetFactory(asset_type__pricing_plan=plan)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        leg = stopped(mp, asset, state)
        clock.shift(timedelta(minutes=30))
        resolve_issue(leg_id=UUID(leg), actor=STAFF, reason="new tyre")
        clock.shift(timedelta(minutes=30))
        event(mp, leg, "FINISH")
    assert JournalEntry.objects.get(booking_id=leg).amount == amount


def test_staff_end_it_at_an_earlier_time_and_no_more_is_charged(client, mp, asset):
    client.force_login(factories.staff_user())
    with time_machine.travel(timezone.now().replace(second=0, microsecond=0), tick=False) as clock:
        leg = stopped(mp, asset, "IN_USE")
        clock.shift(timedelta(hours=2))
        ended_at = timezone.localtime(timezone.now() - timedelta(minutes=110), ZoneInfo("Europe/Amsterdam"))
        page = reverse("admin:legs_leg_do", args=[leg, "finish"])
        pressing.press(client, page, {"reason": "it stood still", "ended_at": ended_at.strftime("%Y-%m-%dT%H:%M")})
    assert JournalEntry.objects.get(booking_id=leg).used_seconds == 600
    assert LegEvent.objects.filter(leg=leg).latest("id").comment == "it stood still"


@pytest.mark.parametrize("minutes", [3, 30])
def test_a_ride_that_was_extended_ends_when_it_ended(mp, asset, minutes):
    """Staff extend it on the phone, and then learn that it was over by then."""
    with time_machine.travel(timezone.now().replace(second=0, microsecond=0), tick=False) as clock:
        leg = leg_that_is(mp, asset, "IN_USE")
        began = timezone.now()
        clock.shift(timedelta(minutes=40))
        longer = Happening(event="TIME_EXTEND", time=timezone.now() + timedelta(hours=1), comment="is on the way")
        apply_event(leg_id=UUID(leg), happening=longer, actor=STAFF)
        clock.shift(timedelta(minutes=5))
        ended = Happening(event="FINISH", time=began + timedelta(minutes=40 - minutes), comment="was back by then")
        apply_event(leg_id=UUID(leg), happening=ended, actor=STAFF)
        assert Leg.objects.get(pk=leg).actual_arrival_time == began + timedelta(minutes=40 - minutes)
        assert JournalEntry.objects.get(booking_id=leg).used_seconds == (40 - minutes) * 60
        assert breaches(now=timezone.now()) == []


def test_the_database_refuses_a_second_rider_on_an_asset_with_an_issue(mp, asset):
    leg = Leg.objects.get(pk=stopped(mp, asset, "IN_USE"))
    other = leg_that_is(mp, factories.AssetFactory(asset_type=asset.asset_type), "IN_USE")
    with pytest.raises(IntegrityError, match="leg_asset_is_ridden_once_at_a_time"), transaction.atomic():
        Leg.objects.filter(pk=other).update(asset=leg.asset)


def test_the_database_keeps_issue_and_former_state_together(mp, asset):
    leg = Leg.objects.filter(pk=confirmed(mp, asset))
    for change in ({"state": "ISSUE_REPORTED"}, {"state_before_issue": "IN_USE"}, {"issue_since": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            leg.update(**change)


@pytest.mark.parametrize(("state", "given"), [("IN_USE", True), ("NOT_STARTED", False)])
def test_what_is_ridden_can_still_be_closed(operator, asset, state, given):
    mp = mp_with(booking=["ACCESS_CODE_IN_GET_LEG"])
    leg = mp.get(f"/legs/{stopped(mp, asset, state)}").body
    assert ("assetAccessData" in leg) is given
    assert "location" in leg["asset"]["overriddenProperties"]


def press(client, leg: str, button: str, **fields) -> str:
    page = reverse("admin:legs_leg_do", args=[leg, button])
    asked = client.get(page)
    pressing.press(client, page, {"reason": "as the caller said", **fields})
    return asked.text


def test_staff_do_it_with_buttons(client, mp, asset):
    client.force_login(factories.staff_user())
    leg = leg_that_is(mp, asset, "PAUSED")
    assert mp.provider.name in press(client, leg, "report-issue")
    assert "when it was paused" in client.get(reverse("admin:legs_leg_change", args=[leg])).text
    assert "it is paused again" in press(client, leg, "resolve-issue")
    assert Leg.objects.get(pk=leg).state == "PAUSED"
    press(client, leg, "report-issue")
    press(client, leg, "cancel")
    assert Leg.objects.get(pk=leg).state == "CANCELLED"
    row = Transition.objects.filter(booking_id=leg, subject_kind="leg").latest("id")
    assert (row.event, row.actor_name, row.reason) == ("ABORT", "staff", "as the caller said")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("NOT_STARTED", {"report-issue", "cancel"}),
        ("IN_USE", {"report-issue", "finish"}),
        ("FINISHING", {"report-issue", "finish"}),
        ("FINISHED", set()),
    ],
)
def test_only_the_buttons_that_fit_are_shown(client, mp, asset, state, shown):
    client.force_login(factories.staff_user())
    leg = leg_that_is(mp, asset, state)
    page = client.get(reverse("admin:legs_leg_change", args=[leg])).text
    names = {"prepare", "set-in-use", "finish", "report-issue", "resolve-issue", "cancel"}
    assert {name for name in names if reverse("admin:legs_leg_do", args=[leg, name]) in page} == shown
