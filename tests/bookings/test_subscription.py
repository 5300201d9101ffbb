"""/bookings/{id}/subscription: the MP hears of all that happens to one booking. Source: TOMP 1.6.1."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.bookings.models import Booking
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.webhooks.models import OutboxMessage
from tests.bookings.test_states import bring_to, log_of
from tests.rides import STAFF, confirmed, everything

pytestmark = pytest.mark.django_db

WEBHOOK = "https://mp.example/tomp/one"


def is_subscribed(booking: str) -> bool:
    return Booking.objects.get(pk=booking).subscribed_at is not None


def test_it_begins_and_ends(mp, asset):
    booking = confirmed(mp, asset)
    answer = mp.post(f"/bookings/{booking}/subscription")
    assert (answer.status, answer.body) == (204, None)
    assert is_subscribed(booking)
    assert log_of(booking)[-1] == ("SUBSCRIBE", "CONFIRMED", "CONFIRMED", "MP")
    answer = mp.delete(f"/bookings/{booking}/subscription")
    assert (answer.status, answer.body) == (204, None)
    assert not is_subscribed(booking)
    assert log_of(booking)[-1] == ("UNSUBSCRIBE", "CONFIRMED", "CONFIRMED", "MP")


def test_a_subscriber_hears_of_our_events_whatever_its_process_asks_for(mp, asset):
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/subscription")
    leg = Booking.objects.get(pk=booking).legs.get()
    apply_event(leg_id=leg.pk, happening=Happening(event="PREPARE", time=timezone.now()), actor=STAFF)
    assert OutboxMessage.objects.get().subject == "PREPARE"


@pytest.mark.parametrize("body", [None, {}, {"webhook": None}, {"webhook": WEBHOOK}])
def test_once_more_changes_nothing(mp, asset, body):
    mp.provider.callback_hosts = ["mp.example"]
    mp.provider.save()
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/subscription", body)
    before = everything()
    assert mp.post(f"/bookings/{booking}/subscription", body).status == 204
    assert everything() == before
    mp.delete(f"/bookings/{booking}/subscription")
    before = everything()
    assert mp.delete(f"/bookings/{booking}/subscription").status == 204
    assert everything() == before


def test_a_webhook_is_where_the_bookings_messages_go(mp, asset):
    mp.provider.callback_hosts = ["mp.example"]
    mp.provider.save()
    booking = confirmed(mp, asset)
    assert mp.post(f"/bookings/{booking}/subscription", {"webhook": WEBHOOK}).status == 204
    assert Booking.objects.get(pk=booking).callback_url == WEBHOOK
    assert mp.get(f"/bookings/{booking}").body["callbackUrl"] == WEBHOOK


@pytest.mark.parametrize(
    "webhook", ["http://mp.example", "https://elsewhere.example", "https://127.0.0.1", "ftp://mp.example", "mp", 5, ""]
)
def test_a_webhook_that_is_not_the_mps_is_refused(mp, asset, settings, webhook):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    mp.provider.callback_hosts = ["mp.example"]
    mp.provider.save()
    booking = confirmed(mp, asset)
    before = everything()
    answer = mp.post(f"/bookings/{booking}/subscription", {"webhook": webhook})
    assert (answer.status, answer.body["errorcode"]) == (400, 3001 if webhook == "" else 3002)
    assert "webhook" in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize("state", ["FINISHED", "CANCELLED", "RELEASED", "EXPIRED"])
def test_what_is_over_is_not_subscribed_to(mp, asset, state):
    booking = bring_to(mp, asset, state)
    before = everything()
    answer = mp.post(f"/bookings/{booking}/subscription")
    assert (answer.status, answer.body["errorcode"]) == (403, 3004)
    assert everything() == before
    assert mp.delete(f"/bookings/{booking}/subscription").status == 204
    assert everything() == before


def test_another_mps_booking_does_not_exist(mp, stranger, asset):
    booking = confirmed(mp, asset)
    mp.post(f"/bookings/{booking}/subscription")
    before = everything()
    for id_ in (booking, uuid4(), "no-uuid"):
        for answer in (
            stranger.post(f"/bookings/{id_}/subscription"),
            stranger.delete(f"/bookings/{id_}/subscription"),
        ):
            assert (answer.status, answer.body["errorcode"]) == (404, 3204)
    assert everything() == before


def test_what_it_costs(mp, asset):
    booking = confirmed(mp, asset)
    for call in (
        lambda: mp.post(f"/bookings/{booking}/subscription"),
        lambda: mp.delete(f"/bookings/{booking}/subscription"),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status == 204
        assert len(queries) <= 8, [query["sql"] for query in queries]
