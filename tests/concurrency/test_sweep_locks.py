"""A sweep over many bookings never locks more than the one it is at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.bookings.models import Booking
from apps.bookings.services import expire_due
from tests import factories
from tests.mp_server import wait_until
from tests.rides import pending
from tests.tomp_client import TompClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

BOOKINGS, HELD_UP = 12, 7


def sweep() -> int:
    """In a thread of its own, on a connection of its own."""
    try:
        return expire_due()
    finally:
        connections.close_all()


def test_what_is_swept_is_committed_and_what_is_not_can_be_locked(mp: TompClient) -> None:
    due = [UUID(pending(mp, asset)) for asset in factories.AssetFactory.create_batch(BOOKINGS)]
    for minutes, booking in enumerate(reversed(due), start=1):
        ago = timezone.now() - timedelta(minutes=minutes)
        Booking.objects.filter(pk=booking).update(expires_at=ago)
        Reservation.objects.filter(leg__booking=booking).update(expires_at=ago)
    before, held_up, after = due[:HELD_UP], due[HELD_UP], due[HELD_UP + 1 :]

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            locked(Booking.objects.filter(pk=held_up))
            swept = thread.submit(sweep)
            wait_until(lambda: Booking.objects.filter(state="EXPIRED").count() == HELD_UP)
            assert set(Booking.objects.filter(state="EXPIRED").values_list("pk", flat=True)) == set(before)
            for booking in (*before, *after):
                locked(Asset.objects.filter(legs__booking=booking))
                locked(Booking.objects.filter(pk=booking))
        assert swept.result(timeout=20) == BOOKINGS
    assert not Booking.objects.exclude(state="EXPIRED").exists()


def locked(rows: Any) -> None:
    """Lock at once, or fail."""
    with transaction.atomic():
        assert rows.select_for_update(of=("self",), nowait=True).get()
