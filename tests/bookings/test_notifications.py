"""/bookings/{id}/notifications, and what staff tell through it: both sides kept, in order. Source: TOMP 1.6.1."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.bookings import conversation, services
from apps.bookings.models import Notification
from apps.legs.models import Leg
from apps.tomp.errors import IllegalState
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.bookings.test_states import bring_to
from tests.profiles import client
from tests.rides import STAFF, confirmed, event, everything, leg_that_is, pending, with_second_leg

pytestmark = pytest.mark.django_db

MESSAGE = {"type": "MESSAGE_TO_DRIVER", "comment": "The traveller has a pram."}


@pytest.fixture
def talkative(operator):
    """An MP that takes everything we have to tell."""
    return client(tripExecution=["ETA_NOTIFICATION", "GENERAL_NOTIFICATION"])


# --- the MP tells us ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"type": "VEHICLE_NOT_AVAILABLE", "asset": {"id": "B1", "stateOfCharge": 3}},
        {"type": "USER_NO_SHOW"},
        {"type": "ETA", "minutes": 0},
        {"type": "ETA", "minutes": 12, "comment": ""},
        {"type": "OTHER", "comment": "Grüße 🚲", "unknown": 1, "asset": None},
        MESSAGE,
    ],
)
def test_what_the_mp_tells_is_kept_and_answered(mp, asset, body):
    booking = confirmed(mp, asset)
    answer = mp.post(f"/bookings/{booking}/notifications", {**body, "legId": booking})
    assert (answer.status, answer.body) == (204, None)
    (kept,) = mp.get(f"/bookings/{booking}/notifications").body
    told = {name: value for name, value in body.items() if value not in (None, "") and name != "unknown"}
    assert kept == {**told, "legId": booking}
    row = Notification.objects.get()
    assert (row.sender_kind, row.sender_name) == ("MP", mp.provider.maas_id)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED", "FINISHED", "CANCELLED", "EXPIRED"])
def test_it_can_be_told_in_every_state_of_the_booking(mp, asset, state):
    booking = bring_to(mp, asset, state)
    assert mp.post(f"/bookings/{booking}/notifications", MESSAGE).status == 204
    assert mp.get(f"/bookings/{booking}/notifications").body == [MESSAGE]


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({}, 3001, "type"),
        ({"type": None}, 3001, "type"),
        ({"type": "WEATHER"}, 3002, "type"),
        ({"type": 5}, 3002, "type"),
        ({"type": "ETA"}, 3001, "minutes"),
        ({"type": "ETA", "minutes": -1}, 3002, "minutes"),
        ({"type": "ETA", "minutes": "4"}, 3002, "minutes"),
        ({"type": "ETA", "minutes": 2**40}, 3002, "minutes"),
        ({"type": "OTHER", "comment": 5}, 3002, "comment"),
        ({"type": "OTHER", "comment": "x" * 2001}, 3002, "comment"),
        ({"type": "OTHER", "asset": {}}, 3001, "asset.id"),
        ({"type": "OTHER", "asset": "B1"}, 3002, "asset"),
        ({"type": "OTHER", "legId": "unknown"}, 3002, "legId"),
        ({"type": "OTHER", "legId": str(uuid4())}, 3002, "legId"),
        ({"type": "OTHER", "legId": ["x"]}, 3002, "legId"),
    ],
)
def test_what_cannot_be_told_is_refused(mp, asset, body, code, named):
    booking = confirmed(mp, asset)
    before = everything()
    answer = mp.post(f"/bookings/{booking}/notifications", body)
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert named in answer.body["detail"]
    assert everything() == before


def test_of_several_legs_one_has_to_be_named(mp, asset):
    booking = confirmed(mp, asset)
    second = with_second_leg(booking, factories.AssetFactory())
    before = everything()
    answer = mp.post(f"/bookings/{booking}/notifications", MESSAGE)
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert "legId" in answer.body["detail"]
    assert everything() == before
    assert mp.post(f"/bookings/{booking}/notifications", {**MESSAGE, "legId": str(second.pk).upper()}).status == 204
    assert mp.get(f"/bookings/{booking}/notifications").body == [{**MESSAGE, "legId": str(second.pk)}]


def test_a_leg_of_another_booking_is_not_this_ones(mp, asset):
    booking, other = confirmed(mp, asset), confirmed(mp, factories.AssetFactory())
    before = everything()
    answer = mp.post(f"/bookings/{booking}/notifications", {**MESSAGE, "legId": other})
    assert (answer.status, answer.body["errorcode"]) == (400, 3002)
    assert everything() == before


def test_another_mps_booking_does_not_exist(mp, stranger, asset):
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/notifications", MESSAGE)
    before = everything()
    for id_ in (booking, uuid4(), "no-uuid"):
        for answer in (
            stranger.get(f"/bookings/{id_}/notifications"),
            stranger.post(f"/bookings/{id_}/notifications", MESSAGE),
        ):
            assert (answer.status, answer.body["errorcode"]) == (404, 3204)
    assert everything() == before


def test_it_is_told_once_however_often_it_is_sent_with_its_key(mp, asset):
    booking = confirmed(mp, asset)
    for _ in range(2):
        answer = mp.post(f"/bookings/{booking}/notifications", MESSAGE, headers={"Idempotency-Key": "k"})
        assert (answer.status, answer.body) == (204, None)
    assert Notification.objects.count() == 1


def test_both_sides_are_listed_oldest_first_and_paged(talkative, asset):
    booking = confirmed(talkative, asset)
    conversation.tell_eta(booking_id=booking, leg_id=leg_id(booking), minutes=9, actor=STAFF)
    talkative.post(f"/bookings/{booking}/notifications", MESSAGE)
    conversation.tell_eta(booking_id=booking, leg_id=leg_id(booking), minutes=4, actor=STAFF)
    path = f"/bookings/{booking}/notifications"
    listed = talkative.get(path).body
    assert [one["type"] for one in listed] == ["ETA", "MESSAGE_TO_DRIVER", "ETA"]
    assert [one.get("minutes") for one in listed] == [9, None, 4]
    first = talkative.get(f"{path}?limit=2")
    assert first.body == listed[:2]
    assert 'rel="next"' in first.headers["Link"]
    rest = talkative.get(f"{path}?limit=2&offset=2")
    assert rest.body == listed[2:]
    assert "Link" not in rest.headers
    assert talkative.get(f"{path}?limit=1001").body["errorcode"] == 3009
    assert talkative.get(f"{path}?offset=-1").body["errorcode"] == 3002


def test_what_it_costs(mp, asset):
    booking = confirmed(mp, asset)
    for _ in range(3):
        mp.post(f"/bookings/{booking}/notifications", MESSAGE)
    for call, most in (
        (lambda: mp.post(f"/bookings/{booking}/notifications", MESSAGE), 7),
        (lambda: mp.get(f"/bookings/{booking}/notifications"), 3),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status < 300
        assert len(queries) <= most, [query["sql"] for query in queries]


# --- we tell the MP -------------------------------------------------------------------------------------


def leg_id(booking: str) -> Any:
    return Leg.objects.get(booking=booking).pk


def test_staff_tell_when_the_asset_comes_and_that_it_has_come(talkative, asset):
    booking = confirmed(talkative, asset)
    conversation.tell_eta(booking_id=booking, leg_id=leg_id(booking), minutes=7, comment="In the rain", actor=STAFF)
    conversation.tell_eta(booking_id=booking, leg_id=leg_id(booking), minutes=0, actor=STAFF)
    coming, arrived = OutboxMessage.objects.order_by("id")
    assert (coming.method, coming.path, coming.subject) == ("POST", f"/bookings/{booking}/notifications", "ETA")
    assert coming.body == {"type": "ETA", "minutes": 7, "comment": "In the rain", "legId": booking}
    assert arrived.body == {"type": "ETA", "minutes": 0, "comment": "Arrived", "legId": booking}
    assert talkative.get(f"/bookings/{booking}/notifications").body == [coming.body, arrived.body]


def test_staff_send_the_traveller_a_message(talkative, asset):
    booking = leg_that_is(talkative, asset, "IN_USE")
    conversation.tell_end_user(booking_id=booking, leg_id=leg_id(booking), message="Mind the ice", actor=STAFF)
    message = OutboxMessage.objects.get()
    assert message.body == {"type": "MESSAGE_TO_END_USER", "comment": "Mind the ice", "legId": booking}
    assert talkative.get(f"/bookings/{booking}/notifications").body == [message.body]
    assert Notification.objects.get().sender_name == STAFF.name


def tell(booking: str) -> None:
    conversation.tell_eta(booking_id=booking, leg_id=leg_id(booking), minutes=7, actor=STAFF)


def message(booking: str) -> None:
    conversation.tell_end_user(booking_id=booking, leg_id=leg_id(booking), message="Hello", actor=STAFF)


@pytest.mark.parametrize("say", [tell, message])
def test_an_mp_that_does_not_ask_is_told_nothing(mp, asset, say):
    booking = confirmed(mp, asset)
    before = everything()
    with pytest.raises(IllegalState, match="MP"):
        say(booking)
    assert everything() == before
    mp.post(f"/bookings/{booking}/subscription")
    say(booking)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "say"),
    [*((state, tell) for state in ("FINISHED", "CANCELLED", "STARTED", "EXPIRED")), ("FINISHED", message)],
)
def test_it_is_told_only_while_it_matters(talkative, asset, state, say):
    booking = bring_to(talkative, asset, state)
    before = everything()
    with pytest.raises(IllegalState):
        say(booking)
    assert everything() == before


def test_nobody_came_is_a_notification_too(mp, asset):
    booking = confirmed(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        services.cancel_no_shows()
        (told,) = mp.get(f"/bookings/{booking}/notifications").body
    assert told == {"type": "USER_NO_SHOW", "comment": "nobody came", "legId": booking}
    assert OutboxMessage.objects.earliest("id").body == told


# --- on the booking's page ------------------------------------------------------------------------------


def buttons(admin_client: Client, booking: str) -> set[str]:
    page = admin_client.get(reverse("admin:bookings_booking_change", args=[booking])).text
    return {name for name in ("eta", "message") if f"/{booking}/do/{name}/" in page}


def press(admin_client: Client, booking: str, name: str, **answers: Any) -> str:
    address = reverse("admin:bookings_booking_do", args=[booking, name])
    assert admin_client.get(address).status_code in {200, 302}
    return admin_client.post(address, {"leg": booking, **answers}, follow=True).text


def test_staff_press_a_button_and_the_timeline_tells(talkative, asset, admin_client: Client):
    booking = confirmed(talkative, asset)
    assert buttons(admin_client, booking) == {"eta", "message"}
    press(admin_client, booking, "eta", minutes="3")
    page = press(admin_client, booking, "message", message="Your bike is at the bakery")
    assert [message.subject for message in OutboxMessage.objects.order_by("id")] == ["ETA", "MESSAGE_TO_END_USER"]
    assert "Your bike is at the bakery" in page
    assert "In 3 minutes" in page
    before = everything()
    press(admin_client, booking, "eta", minutes="-1")
    press(admin_client, booking, "message", message=" ")
    assert everything() == before


def test_buttons_fit_the_state_and_what_the_mp_takes(talkative, mp, asset, admin_client: Client):
    booking = confirmed(talkative, asset)
    event(talkative, booking, "SET_IN_USE")
    assert buttons(admin_client, booking) == {"message"}
    event(talkative, booking, "FINISH")
    assert buttons(admin_client, booking) == set()
    assert buttons(admin_client, pending(mp, asset)) == set()


def test_what_the_mp_told_is_on_the_timeline(mp, asset, admin_client: Client):
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/notifications", MESSAGE)
    page = admin_client.get(reverse("admin:bookings_booking_change", args=[booking])).text
    assert MESSAGE["comment"] in page
    assert "message to the driver" in page
