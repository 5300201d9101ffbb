"""Is what an MP sends back of its booking, and cannot change, still as it is?"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.legs.locks import Ride
from apps.legs.models import Leg
from apps.pricing.fares import fare_object
from apps.stations.places import sendable
from apps.tomp.errors import ReadOnlyField

# What of a leg follows from a change of its booking.
FOLLOWING = {"to", "departureTime", "arrivalTime"}
# MPs keep times to the second or the millisecond, we to the microsecond.
SAME_MOMENT = timedelta(seconds=1)


def check_unchanged(sent: Mapping[str, Any], ride: Ride, *, changed: Mapping[str, Any], state: str) -> None:
    """Raise `ReadOnlyField`, naming the first field of `sent` that is neither ours nor follows from what is `changed`.

    `sent` is a TOMP `booking`; fields that it does not have are not missed. Texts, which depend on a language, and
    what changes by itself (where an asset stands, access data) have no part in it.
    """
    ours = _booking(ride, state)
    for path in _differences({name: value for name, value in sent.items() if name in ours}, ours):
        raise ReadOnlyField(f"{path} cannot be changed, and is not what the booking has.")
    legs = sent.get("legs")
    if legs is None:
        return
    if len(legs) != len(ride.legs):
        raise ReadOnlyField("legs cannot be changed; the booking has another number of them.")
    for position, (given, leg) in enumerate(zip(legs, ride.legs, strict=True)):
        following = {name for name in FOLLOWING & given.keys() & changed.keys() if given[name] == sent[name]}
        own = {name: value for name, value in given.items() if name not in following}
        for path in _differences(own, _leg(leg), f"legs[{position}]"):
            raise ReadOnlyField(f"{path} is not what the leg has, nor what the booking is changed to.")


def is_same(sent: Any, ours: Any) -> bool:
    """Is a value as ours, allowing for how precisely MPs keep times and for amounts that we keep as decimals?"""
    if isinstance(sent, datetime) and isinstance(ours, datetime):
        return abs(sent - ours) < SAME_MOMENT
    return bool(sent == (float(ours) if isinstance(ours, Decimal) else ours))


def _booking(ride: Ride, state: str) -> dict[str, Any]:
    booking = ride.booking
    return {
        "id": str(booking.pk),
        "state": state,
        "from": booking.from_place,
        "actualDepartureTime": booking.actual_departure_time,
        "actualArrivalTime": booking.actual_arrival_time,
        "mainAssetType": {"id": ride.legs[0].asset_type.type_id},
        "pricing": None,
    }


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "id": str(leg.pk),
        "state": leg.state,
        "from": leg.from_place,
        "to": sendable(leg.to_place),
        "departureTime": leg.departure_time,
        "arrivalTime": leg.arrival_time,
        "actualDepartureTime": leg.actual_departure_time,
        "actualArrivalTime": leg.actual_arrival_time,
        "legSequenceNumber": leg.sequence,
        "assetType": {"id": leg.asset_type.type_id},
        "asset": {"id": leg.asset_public_id} if leg.asset_id is not None else None,
        "pricing": fare_object(leg.final_fare or leg.fare),
    }


def _differences(sent: Any, ours: Any, path: str = "") -> Iterator[str]:
    """The paths of what is sent and is not as ours."""
    if isinstance(sent, Mapping) and isinstance(ours, Mapping):
        for name, value in sent.items():
            yield from _differences(value, ours.get(name), f"{path}.{name}" if path else str(name))
    elif isinstance(sent, list) and isinstance(ours, list) and len(sent) == len(ours):
        for position, (value, own) in enumerate(zip(sent, ours, strict=True)):
            yield from _differences(value, own, f"{path}[{position}]")
    elif not is_same(sent, ours):
        yield path
