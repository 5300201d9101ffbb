"""Forgetting bookings that came to nothing, some time after they ended.

What stays is the transition log, which tells nothing of the traveller, a row that says that the booking was there,
and that help was asked for, without what was said. A booking that anything was charged for is kept, with its journal.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.assets.models import Reservation
from apps.bookings.models import PURGEABLE, Booking, PurgedBooking
from apps.clock.sweeps import sweep
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from apps.planning.models import Offer
from apps.support.forgetting import forget_requests
from apps.support.models import SupportRequest
from apps.webhooks.models import DeliveryState, OutboxMessage


def purge_due(*, now: datetime, limit: int = 2_000) -> int:
    """Delete what expired, was released or rejected `PURGE_BOOKINGS_DAYS` ago; returns how many bookings.

    One transaction each. Bookings that somebody is at are left to the next sweep.
    """
    return sum(sweep("purge bookings", bookings_due(now), lambda booking_id: _purge(booking_id, now), limit=limit))


def bookings_due(now: datetime) -> QuerySet[Booking]:
    """What came to nothing `PURGE_BOOKINGS_DAYS` ago. Each waited for an answer once, and so has `expires_at`."""
    charged = JournalEntry.objects.filter(booking=OuterRef("pk"))
    untold = OutboxMessage.objects.filter(booking=OuterRef("pk"), state=DeliveryState.PENDING)
    over = now - timedelta(days=settings.PURGE_BOOKINGS_DAYS)
    return Booking.objects.filter(~Exists(charged), ~Exists(untold), state__in=PURGEABLE, expires_at__lt=over)


@transaction.atomic
def _purge(booking_id: UUID, now: datetime) -> bool:
    booking = bookings_due(now).filter(pk=booking_id).select_for_update(of=("self",), skip_locked=True).first()
    if booking is None:
        return False
    reservations = list(Leg.objects.filter(booking=booking).values_list("reservation", flat=True))
    PurgedBooking.objects.create(pk=booking_id, provider_id=booking.provider_id, gone_at=now)
    OutboxMessage.objects.filter(booking=booking).delete()
    # Without the booking nobody would find them by it any more, also when the MP deletes the customer's account.
    requests = SupportRequest.objects.filter(booking=booking)
    if requests.exists():
        forget_requests(requests, now=now)
    booking.delete()  # with its legs, their events, and the notifications
    Reservation.objects.filter(pk__in=reservations).delete()
    Offer.objects.filter(pk=booking_id).delete()  # or the same offer could be booked once more
    return True
