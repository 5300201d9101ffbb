"""Reading legs."""

from datetime import datetime
from uuid import UUID

from apps.legs.models import Leg
from apps.legs.usage import measure
from apps.providers.models import Provider
from apps.tomp.errors import NotFound


def leg_of(provider: Provider, leg_id: UUID) -> Leg:
    """A leg of this MP with its booking, asset and type; `NotFound` for any other."""
    leg = (
        Leg.objects.filter(pk=leg_id, booking__provider=provider)
        .select_related("booking", "asset", "asset_type")
        .first()
    )
    if leg is None:
        raise NotFound("There is no such leg.")
    return leg


def meters_travelled(leg: Leg, *, now: datetime) -> int:
    """How far a leg has come, in metres."""
    if leg.distance_meters is not None:
        return leg.distance_meters
    coordinates = leg.from_place["coordinates"]
    start = (coordinates["lat"], coordinates["lng"])
    return measure(list(leg.events.all()), start=start, until=now).distance_meters
