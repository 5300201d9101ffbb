"""Reading bookings."""

from uuid import UUID

from django.db.models import Prefetch

from apps.bookings.models import Booking
from apps.legs.models import Leg
from apps.providers.models import Provider
from apps.tomp.errors import NotFound


def booking_of(provider: Provider, booking_id: UUID) -> Booking:
    """A booking of this MP with its legs, their assets and types; `NotFound` for any other."""
    legs = Prefetch("legs", Leg.objects.select_related("asset", "asset_type"))
    booking = Booking.objects.filter(pk=booking_id, provider=provider).prefetch_related(legs).first()
    if booking is None:
        raise NotFound("There is no such booking.")
    return booking
