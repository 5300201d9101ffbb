"""A sweep over many bookings never locks more than the one it is at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.bookings.models import Booking
from apps.bookings.services import expire_due
from tests import factories
from tests.mp_server import wait_until
from tests.rides import pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

BOOKINGS = 12


def sweep() -> int:
    """In a thread of its own, on a connection of its own."""
    try:
        return expire_due()
    finally:
        connections.close_all()


def test_what_is_swept_is_committed_and_what_is_not_can_be_locked(mp: TompClient) -> None:
    due = [UUID(pending(mp, asset)) for asset in factories.AssetFactory.create_batch(BOOKINGS)]
    ago = timezone.now() - timedelta(minutes=1)
    Booking.objects.update(expires_at=ago)
    Reservation.objects.update(expires_at=ago)
    held_up, *others = due

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            locked(Booking.objects.filter(pk=held_up))
            swept = thread.submit(sweep)
            wait_until(somebody_waits)
            for booking in others:
                locked(Asset.objects.filter(legs__booking=booking))
                locked(Booking.objects.filter(pk=booking))
        assert swept.result(timeout=20) == BOOKINGS
    assert not Booking.objects.exclude(state="EXPIRED").exists()


def somebody_waits() -> bool:
    """Is the sweep at the booking that is held up? Wherever in its random order that comes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees for ever what it saw first
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def locked(rows: Any) -> None:
    """Lock at once, or fail."""
    with transaction.atomic():
        assert rows.select_for_update(of=("self",), nowait=True).get()
