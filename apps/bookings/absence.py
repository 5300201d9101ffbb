"""Why a booking is not there: nobody knows it, or it is over so long that it is no longer kept."""

from uuid import UUID

from django.utils.translation import gettext

from apps.bookings.models import PurgedBooking
from apps.tomp.errors import Expired, NotFound, TompError


def absent(booking_id: UUID, provider_id: int | None, *, kind: str = "booking") -> TompError:
    """The error to raise for a booking (or offer: `kind`) that does not exist.

    `Expired` for an MP whose booking it was, `NotFound` for anybody else. Source: STATES, "Booking": until it is
    purged, then 410.
    """
    if provider_id is not None and PurgedBooking.objects.filter(pk=booking_id, provider_id=provider_id).exists():
        return Expired("The booking is over, and no longer kept.")
    return NotFound(gettext("There is no such booking.") if kind == "booking" else f"There is no such {kind}.")
