"""What came to nothing is forgotten after a while; its MP hears "gone", everybody else "unknown"."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Reservation
from apps.bookings import purging, services
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking, Notification, PurgedBooking
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.planning.models import Offer
from apps.support.models import SupportRequest
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.bookings.test_states import bring_to
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import STAFF, confirmed, everything, offer, operate, pending

MESSAGE = {"type": "OTHER", "comment": "Hello"}


def purge_later(days: float = 31) -> int:
    return purging.purge_due(now=timezone.now() + timedelta(days=days))


def calls(mp: Any, booking: str) -> list[Any]:
    """Everything that can be asked of a booking."""
    return [
        mp.get(f"/bookings/{booking}"),
        mp.put(f"/bookings/{booking}", {}),
        operate(mp, booking, "COMMIT"),
        operate(mp, booking, "CANCEL"),
        operate(mp, booking, "DENY"),
        mp.get(f"/bookings/{booking}/notifications"),
        mp.post(f"/bookings/{booking}/notifications", MESSAGE),
        mp.post(f"/bookings/{booking}/subscription"),
        mp.delete(f"/bookings/{booking}/subscription"),
        mp.post("/bookings", {"id": booking}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["EXPIRED", "RELEASED"])
def test_it_leaves_its_log_and_that_it_was_there(mp, asset, state):
    booking = bring_to(mp, asset, state)
    mp.post(f"/bookings/{booking}/notifications", MESSAGE)
    story = Transition.objects.filter(booking_id=booking).count()
    assert purge_later(29) == 0
    assert purge_later() == 1
    for model in (Booking, Leg, Reservation, Notification, OutboxMessage, Offer):
        assert not model.objects.exists(), model
    assert PurgedBooking.objects.get().provider == mp.provider
    assert Transition.objects.filter(booking_id=booking).count() == story
    assert breaches(now=timezone.now()) == []
    assert purge_later() == 0


@pytest.mark.django_db
def test_what_was_said_in_its_support_requests_goes_too(mp, asset):
    booking = bring_to(mp, asset, "EXPIRED")
    words = {"comment": "I am Ada", "contactInformationEndUser": "ada@example.org"}
    assert mp.post("/support/", {"id": booking, "supportType": "OTHER", **words}).status == 200
    assert purge_later() == 1
    request = SupportRequest.objects.get()
    assert (request.booking, request.contact, request.forgotten_at is None) == (None, "", False)
    assert [status.comment for status in request.statuses.all()] == [""]


@pytest.mark.django_db
def test_what_we_rejected_goes_with_its_messages(operator, asset):
    mp = client(booking=["POSTPONED_COMMIT"])
    booking = mp.post("/bookings", {"id": offer(mp, asset)}).body["id"]
    services.deny(booking_id=booking, actor=STAFF, reason="no driver")
    assert purge_later() == 0, "the MP has not been told yet"
    OutboxMessage.objects.update(state="DELIVERED")
    assert purge_later() == 1
    assert not OutboxMessage.objects.exists()
    assert breaches(now=timezone.now()) == []


@pytest.mark.django_db
def test_its_mp_hears_that_it_is_gone(mp, stranger, asset):
    booking = bring_to(mp, asset, "EXPIRED")
    purge_later()
    before = everything()
    for answer in calls(mp, booking):
        assert (answer.status, answer.body["errorcode"]) == (410, 3202), answer
    for answer in calls(stranger, booking):
        assert (answer.status, answer.body["errorcode"]) == (404, 3204), answer
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED", "FINISHED", "CANCELLED"])
def test_everything_else_is_kept(mp, asset, state):
    bring_to(mp, asset, state)
    before = everything()
    assert purge_later(400) == 0
    assert everything() == before


@pytest.mark.django_db
def test_how_long_is_a_setting(mp, asset, settings):
    settings.PURGE_BOOKINGS_DAYS = 2
    bring_to(mp, asset, "EXPIRED")
    assert purge_later(1.9) == 0
    assert purge_later(2.1) == 1


@pytest.mark.django_db
def test_each_costs_the_same_however_many_there_are(mp, operator):
    costs = []
    for count in (2, 6):
        for _ in range(count):
            operate(mp, pending(mp, factories.AssetFactory()), "CANCEL")
        with CaptureQueriesContext(connection) as queries:
            assert purge_later() == count
        costs.append(len(queries))
    assert costs[1] - costs[0] <= 4 * 33, "statements for four more bookings"
    assert PurgedBooking.objects.count() == 8


# --- two at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_at_is_left_to_the_next_sweep(mp, asset):
    booking = bring_to(mp, asset, "EXPIRED")
    locked, swept = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking)
            locked.set()
            assert swept.wait(30)

    def sweep() -> int:
        assert locked.wait(30)
        purged = purge_later()
        swept.set()
        return purged

    assert at_once([hold, sweep])[1] == 0
    assert purge_later() == 1


@pytest.mark.django_db(transaction=True)
def test_a_notification_while_it_is_purged_is_kept_or_refused(mp, operator):
    """Whoever is second hears 410; without the lock the row would point at nothing, and the call end in a 500."""
    for _ in range(4):
        asset = factories.AssetFactory()
        booking = bring_to(mp, asset, "EXPIRED")
        posts = [lambda b=booking: mp.post(f"/bookings/{b}/notifications", MESSAGE)] * 6
        answers = at_once([*posts, purge_later, purge_later])[:6]
        assert {answer.status for answer in answers} <= {204, 410}
        purge_later()
        assert not Notification.objects.exists()
        assert mp.get(f"/bookings/{booking}").status == 410


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_notification_would_point_at_nothing(mp, asset):
    booking = bring_to(mp, asset, "EXPIRED")
    seen, gone = threading.Event(), threading.Event()

    def tell() -> str:
        try:
            with transaction.atomic():
                row = Booking.objects.get(pk=booking)
                seen.set()
                assert gone.wait(30)
                Notification.objects.create(booking=row, type="OTHER", sender_kind="MP")
        except Exception as error:  # noqa: BLE001 — which error it is, is what we ask
            return type(error).__name__
        return "kept"

    def purge() -> int:
        assert seen.wait(30)
        purged = purge_later()
        gone.set()
        return purged

    assert at_once([tell, purge]) == ["IntegrityError", 1]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_purge_each_booking_once(mp, operator):
    for _ in range(9):
        operate(mp, pending(mp, factories.AssetFactory()), "CANCEL")
    kept = confirmed(mp, factories.AssetFactory())
    assert sum(at_once([purge_later] * 3)) + purge_later() == 9
    assert PurgedBooking.objects.count() == 9
    assert [str(pk) for pk in Booking.objects.values_list("pk", flat=True)] == [kept]
