"""Reminders before a reservation runs out, and rides over time: told once, and again only when the end was moved."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assets.models import Reservation
from apps.assets.unpromised import free_assets
from apps.bookings import reminders, services
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking, Notification
from apps.legs.models import Leg
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, confirmed, event, everything, offer, pending

pytestmark = pytest.mark.django_db


def later(minutes: float) -> Any:
    """That many minutes from now; a whole minute, for texts that tell it."""
    return (timezone.now() + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


@pytest.fixture
def talkative(operator):
    """An MP whose travellers can be written to."""
    return client(tripExecution=["GENERAL_NOTIFICATION"], settings={"reminderMinutes": 5, "overtimeMinutes": 10})


def told() -> list[tuple[str, str]]:
    return list(Notification.objects.order_by("id").values_list("type", "comment"))


def at_moment(moment: Any) -> Any:
    return time_machine.travel(moment, tick=False)


# --- before a reservation runs out ---------------------------------------------------------------------


def test_before_nobody_came_the_traveller_is_reminded_once(talkative, asset):
    booking = confirmed(talkative, asset)
    end = Booking.objects.get(pk=booking).no_show_at
    with at_moment(end - timedelta(minutes=6)):
        assert reminders.remind_due() == 0
    with at_moment(end - timedelta(minutes=5)):
        assert reminders.remind_due() == 1
        assert reminders.remind_due() == 0
    message = OutboxMessage.objects.get()
    assert (message.path, message.subject) == (f"/bookings/{booking}/notifications", "MESSAGE_TO_END_USER")
    assert message.body["legId"] == booking
    local = end.astimezone(timezone.get_fixed_timezone(timedelta(hours=0)))
    assert message.body["comment"].startswith("Your reservation ends at ")
    assert message.body["comment"].endswith(f":{local:%M}.")


def test_it_is_said_in_the_operators_language_and_time(talkative, asset, operator):
    operator.languages = ["nl", "en"]
    operator.save()
    booking = confirmed(talkative, asset)
    Booking.objects.filter(pk=booking).update(no_show_at="2030-07-01T10:00:00Z", reminder_at=timezone.now())
    reminders.remind_due()
    assert told() == [("MESSAGE_TO_END_USER", "Uw reservering loopt om 12:00 af.")]


def test_when_the_time_is_moved_it_is_told_again(talkative, asset):
    booking = confirmed(talkative, asset)
    with at_moment(timezone.now() + timedelta(minutes=11)):
        assert reminders.remind_due() == 1
        assert talkative.put(f"/bookings/{booking}", {"departureTime": at(later(120))}).status == 200
        assert reminders.remind_due() == 0
        again = Booking.objects.get(pk=booking).no_show_at - timedelta(minutes=5)
    with at_moment(again):
        assert reminders.remind_due() == 1


def test_before_the_agreed_arrival_the_rider_is_reminded_once(talkative, asset):
    booking = confirmed(talkative, asset, arrivalTime=at(later(60)), to=HERE)
    event(talkative, booking, "SET_IN_USE")
    with at_moment(later(54)):
        assert reminders.remind_due() == 0
    with at_moment(later(56)):
        assert reminders.remind_due() == 1
        assert reminders.remind_due() == 0
        event(talkative, booking, "TIME_EXTEND", time=at(later(30)))
        assert reminders.remind_due() == 0
        again = later(26)
    with at_moment(again):
        assert reminders.remind_due() == 1
    assert [kind for kind, _ in told()] == ["MESSAGE_TO_END_USER"] * 2
    assert all(comment.startswith("The agreed arrival is at ") for _, comment in told())


def test_a_ride_that_has_not_begun_or_is_over_is_not_reminded_of_its_arrival(talkative, asset):
    booking = confirmed(talkative, asset, arrivalTime=at(later(60)), to=HERE)
    Booking.objects.filter(pk=booking).update(no_show_at=None, reminder_at=None)
    with at_moment(later(56)):
        assert reminders.remind_due() == 0
        event(talkative, booking, "SET_IN_USE")
        event(talkative, booking, "FINISH")
        assert reminders.remind_due() == 0


def test_a_clock_that_was_late_reminds_of_nothing_that_is_over(talkative, asset):
    confirmed(talkative, asset)
    with at_moment(timezone.now() + timedelta(minutes=16)):
        assert reminders.remind_due() == 0
        assert services.cancel_no_shows() == 1
    assert [kind for kind, _ in told()] == ["USER_NO_SHOW"]


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": {"reminderMinutes": 5}},
        {"tripExecution": ["GENERAL_NOTIFICATION"], "settings": {"reminderMinutes": 0}},
    ],
)
def test_who_does_not_ask_is_not_told(operator, asset, parts):
    booking = confirmed(client(**parts), asset, arrivalTime=at(later(60)), to=HERE)
    with at_moment(timezone.now() + timedelta(minutes=11)):
        assert reminders.remind_due() == 0
    assert not OutboxMessage.objects.exists()
    assert Booking.objects.get(pk=booking).state == "CONFIRMED"


def test_a_subscriber_is_told(mp, asset):
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/subscription")
    with at_moment(timezone.now() + timedelta(minutes=11)):
        assert reminders.remind_due() == 1


def test_a_hold_is_not_reminded_of(talkative, asset):
    pending(talkative, asset)
    with at_moment(timezone.now() + timedelta(minutes=9)):
        assert reminders.remind_due() == 0


# --- over time -------------------------------------------------------------------------------------------


@pytest.fixture
def late(talkative, asset):
    """A ride whose agreed arrival is in an hour."""
    booking = confirmed(talkative, asset, arrivalTime=at(later(60)), to=HERE)
    event(talkative, booking, "SET_IN_USE")
    return booking


def test_a_ride_over_time_is_told_once(talkative, late):
    arrival = Leg.objects.get(pk=late).arrival_time
    with at_moment(arrival + timedelta(minutes=9)):
        assert reminders.tell_overtime() == 0
    with at_moment(arrival + timedelta(minutes=10)):
        assert reminders.tell_overtime() == 1
        assert reminders.tell_overtime() == 0
    message = OutboxMessage.objects.get()
    assert (message.subject, message.body["legId"]) == ("USER_OUT_OF_LIMITS", late)
    assert "has not ended yet" in message.body["comment"]
    with at_moment(arrival + timedelta(minutes=20)):
        event(talkative, late, "TIME_EXTEND", time=at(later(30)))
        assert reminders.tell_overtime() == 0
        again = later(41)
    with at_moment(again):
        assert reminders.tell_overtime() == 1


def test_who_came_in_time_is_not_over_it(talkative, late):
    event(talkative, late, "FINISH")
    with at_moment(later(120)):
        before = everything()
        assert reminders.tell_overtime() == 0
        assert reminders.keep_overdue_assets() == 0
        assert everything() == before


def test_over_time_can_be_left_untold(operator, asset):
    mp = client(settings={"overtimeMinutes": 0})
    booking = confirmed(mp, asset, arrivalTime=at(later(60)), to=HERE)
    event(mp, booking, "SET_IN_USE")
    with at_moment(later(180)):
        assert reminders.tell_overtime() == 0


def test_an_asset_that_is_late_stays_reserved(late, asset):
    with at_moment(later(59)):
        assert reminders.keep_overdue_assets() == 0
    with at_moment(later(70)):
        assert reminders.keep_overdue_assets() == 1
        assert reminders.keep_overdue_assets() == 0
        kept = Reservation.objects.get(leg=late)
        assert kept.period.upper == timezone.now() + reminders.KEPT_ON
        assert breaches(now=timezone.now()) == []
    with at_moment(later(90)):
        assert reminders.keep_overdue_assets() == 1
    assert Leg.objects.get(pk=late).arrival_time < later(61), "what was agreed stays"


def test_an_asset_that_is_out_is_not_promised_for_any_time(talkative, stranger, late, asset):
    """Whether or not anybody has come by: while it is IN_USE it is offered for no period, past or future."""
    for minutes in (70, 300):
        with at_moment(later(65)):
            start = later(minutes)
            assert asset not in free_assets(start=start, end=start + timedelta(hours=1), now=timezone.now())
            plan = {"from": HERE, "useAssets": [asset.public_id], "departureTime": at(start)}
            assert stranger.post("/planning/offers", plan).body["options"] == []


def test_an_offer_made_before_the_ride_is_not_booked_while_the_asset_is_out(talkative, stranger, asset):
    booking = confirmed(talkative, asset, arrivalTime=at(later(4)), to=HERE)
    offered = offer(stranger, asset, departureTime=at(later(30)))
    event(talkative, booking, "SET_IN_USE")
    before = everything()
    answer = stranger.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_a_promise_is_not_moved_into_the_ride_that_goes_on(stranger, late, asset):
    Reservation.objects.filter(leg=late).update(released_at=None)
    asset.refresh_from_db()
    other = factories.AssetFactory(asset_type=asset.asset_type)
    next_one = confirmed(stranger, other, departureTime=at(later(240)), arrivalTime=at(later(300)), to=HERE)
    Reservation.objects.filter(leg=next_one).update(asset=asset)
    Leg.objects.filter(pk=next_one).update(asset=asset)
    with at_moment(later(65)):
        assert reminders.keep_overdue_assets() == 1
        before = everything()
        answer = stranger.put(f"/bookings/{next_one}", {"departureTime": at(later(5))})
        assert (answer.status, answer.body["errorcode"]) == (409, 3500)
        assert everything() == before


def endanger(mp: Any, late: str, asset: Any) -> str:
    """A booking of `asset` that begins when the late ride should be over for 5 minutes."""
    other = factories.AssetFactory(asset_type=asset.asset_type)
    leg = confirmed(mp, other, departureTime=at(later(65)), arrivalTime=at(later(120)), to=HERE)
    Reservation.objects.filter(leg=leg).update(asset=asset)
    Leg.objects.filter(pk=leg).update(asset=asset)
    return leg


def test_where_the_asset_is_promised_next_the_period_stays_and_staff_see_it(
    stranger, late, asset, admin_client: Client
):
    endangered = endanger(stranger, late, asset)
    with at_moment(later(62)):
        before = everything()
        assert reminders.keep_overdue_assets() == 0
        assert everything() == before
        address = reverse("admin:legs_leg_changelist")
        over = admin_client.get(address, {"overtime": "over"}).text
        assert late in over
        assert endangered not in over
        assert "2 min" in over
        waiting = admin_client.get(address, {"overtime": "endangered"}).text
        assert endangered in waiting
        assert late not in waiting
