"""Bookings as TOMP's `booking` object."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.assets.wire import asset_type_summary
from apps.bookings.models import Booking
from apps.legs.access import Where, load_for_access
from apps.legs.models import Leg
from apps.legs.wire import damages_shown, leg_object
from apps.processes.selectors import published_profile
from apps.stations.places import sendable


def booking_object(
    booking: Booking, legs: Iterable[Leg], *, now: datetime, language: str, where: Where | None
) -> dict[str, Any]:
    """The booking as its MP sees it, in the answer `where`. Expects the legs' `asset` and `asset_type` to be loaded.

    The legs carry the prices; the booking has none of its own to add to them.
    """
    legs = list(legs)
    for leg in legs:
        leg.booking = booking
    load_for_access(legs, published_profile(booking.profile_version_id), where)
    damages = damages_shown(legs, now=now) if where is not None else {}
    return {
        "id": str(booking.pk),
        "state": booking.state_at(now),
        "from": booking.from_place,
        "to": sendable(booking.to_place),
        "departureTime": booking.departure_time,
        "arrivalTime": booking.arrival_time,
        "actualDepartureTime": booking.actual_departure_time,
        "actualArrivalTime": booking.actual_arrival_time,
        "mainAssetType": asset_type_summary(legs[0].asset_type, language) if legs else None,
        "customer": booking.customer,
        "callbackUrl": booking.callback_url or None,
        "extraInfo": booking.extra_info,
        "legs": [leg_object(leg, now=now, language=language, where=where, damages=damages) for leg in legs],
    }
