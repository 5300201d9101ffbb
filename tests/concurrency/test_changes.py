"""A booking changed while it is committed, cancelled or changed by somebody else. The guard is the ride's lock."""

import threading
from collections import Counter

import pytest

from apps.assets.models import Reservation
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg
from tests.bookings.test_changes import put, window
from tests.concurrency.test_races import at_once
from tests.rides import operate, pending

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 12


def test_without_the_lock_a_change_would_be_lost(mp, asset):
    """The race is real: whoever only reads the customer first writes over what the other added."""
    booking = pending(mp, asset)
    seen = threading.Barrier(2)

    def add(name: str) -> None:
        row = Booking.objects.get(pk=booking)
        seen.wait(timeout=30)
        row.extra_info = {**(row.extra_info or {}), name: 1}
        row.save(update_fields=["extra_info"])

    at_once([lambda: add("one"), lambda: add("two")])
    assert len(Booking.objects.get(pk=booking).extra_info) == 1


@pytest.mark.parametrize(("operation", "state"), [("COMMIT", "CONFIRMED"), ("CANCEL", "RELEASED")])
def test_a_change_against_an_operation_is_before_or_after_it(mp, asset, operation, state):
    booking = pending(mp, asset)
    changes = [
        lambda n=n: put(mp, booking, extraInfo={"n": n}, **window(2 + n / 4, 3 + n / 4)) for n in range(CLIENTS // 2)
    ]
    answers = at_once(changes + [lambda: operate(mp, booking, operation)] * (CLIENTS // 2))
    statuses = Counter(answer.status for answer in answers[: CLIENTS // 2])
    assert set(statuses) <= ({200} if operation == "COMMIT" else {200, 403})
    row, leg = Booking.objects.get(pk=booking), Leg.objects.get(pk=booking)
    assert row.state == state
    story = list(Transition.objects.filter(booking_id=booking, subject_kind="booking").order_by("id"))
    assert sum(one.event == "CHANGE" for one in story) == statuses[200]
    if operation == "CANCEL":
        assert story[-1].event == "RELEASE", "what is over is not changed"
        assert not Reservation.objects.filter(released_at=None).exists()
    else:
        assert story[-1].to_state == "CONFIRMED"
        assert leg.reservation.expires_at is None
    if statuses[200]:
        last = [answer for answer in answers[: CLIENTS // 2] if answer.status == 200]
        assert row.extra_info in [answer.body["extraInfo"] for answer in last]
        assert leg.reservation.period.lower == leg.departure_time == row.departure_time
