"""Bookings and offers as TOMP's `booking` object."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.assets.wire import asset_object, asset_type_summary
from apps.bookings.models import Booking
from apps.legs.access import Where
from apps.legs.models import Leg
from apps.legs.wire import leg_object
from apps.planning.models import Offer
from apps.pricing.fares import fare_object
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
        "legs": [leg_object(leg, now=now, language=language, where=where) for leg in legs],
    }


def option_object(offer: Offer, *, language: str, bookable: bool) -> dict[str, Any]:
    """An option of a planning: with ids where it can be booked, without where it only informs."""
    asset_type = asset_type_summary(offer.asset_type, language)
    identity = {"id": str(offer.pk), "state": "NEW"} if bookable else {}
    leg_identity = {"id": str(offer.pk), "state": "NOT_STARTED"} if bookable else {}
    shared = {
        "from": offer.from_place,
        "to": sendable(offer.to_place),
        "departureTime": offer.departure_time,
        "arrivalTime": offer.arrival_time,
    }
    leg = {
        **leg_identity,
        **shared,
        "legSequenceNumber": 1,
        "assetType": asset_type,
        "asset": asset_object(offer.asset) if offer.asset is not None else None,
        "pricing": fare_object(offer.fare),
        "conditions": offer.conditions or None,
    }
    return {**identity, **shared, "mainAssetType": asset_type, "legs": [leg]}
