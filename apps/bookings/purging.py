"""Forgetting bookings that came to nothing, some time after they ended.

What stays is the transition log, which tells nothing of the traveller, and a row that says that the booking was
there. A booking that anything was charged for is kept, with its journal.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.assets.models import Reservation
from apps.bookings.models import PURGEABLE, Booking, PurgedBooking
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from apps.planning.models import Offer
from apps.webhooks.models import DeliveryState, OutboxMessage

BATCH = 200
# Of one sweep, so that it ends; the next one goes on.
MOST_BATCHES = 50


def purge_due(*, now: datetime) -> int:
    """Delete what expired, was released or rejected `PURGE_BOOKINGS_DAYS` ago; returns how many bookings.

    A batch at a time, each in a transaction of its own. Bookings that somebody is at are left to the next sweep.
    """
    purged = 0
    for _ in range(MOST_BATCHES):
        batch = _purge_batch(now)
        purged += batch
        if batch < BATCH:
            break
    return purged


def _due(now: datetime) -> QuerySet[Booking]:
    """Each waited for an answer once, and so has `expires_at`."""
    charged = JournalEntry.objects.filter(booking=OuterRef("pk"))
    untold = OutboxMessage.objects.filter(booking=OuterRef("pk"), state=DeliveryState.PENDING)
    over = now - timedelta(days=settings.PURGE_BOOKINGS_DAYS)
    return Booking.objects.filter(~Exists(charged), ~Exists(untold), state__in=PURGEABLE, expires_at__lt=over)


@transaction.atomic
def _purge_batch(now: datetime) -> int:
    locked = _due(now).order_by("expires_at").select_for_update(of=("self",), skip_locked=True)
    bookings = list(locked.values_list("pk", "provider_id")[:BATCH])
    if not bookings:
        return 0
    ids = [booking_id for booking_id, _ in bookings]
    reservations = list(Leg.objects.filter(booking__in=ids).values_list("reservation", flat=True))
    PurgedBooking.objects.bulk_create(
        PurgedBooking(pk=booking_id, provider_id=provider_id, gone_at=now) for booking_id, provider_id in bookings
    )
    OutboxMessage.objects.filter(booking__in=ids).delete()
    Booking.objects.filter(pk__in=ids).delete()  # with its legs, their events, and the notifications
    Reservation.objects.filter(pk__in=reservations).delete()
    Offer.objects.filter(pk__in=ids).delete()  # or the same offer could be booked once more
    return len(ids)
