"""TOMP's `place` objects as MPs send them: made whole where they name a station.

What we send back must have coordinates (TOMP 1.6.1 `place`); what we are sent may name a station or an address only.
"""

from typing import Any

from apps.stations.models import Station
from apps.tomp.errors import Invalid

Place = dict[str, Any]


def station_of(place: Place | None, name: str) -> Station | None:
    """The public station that the place called `name` names, by its id or by a stop it stands at.

    None where it names none, or a stop where we have no station; `Invalid` for an unknown station id.
    """
    public = Station.objects.filter(is_public=True)
    if place is not None and "stationId" in place:
        station = public.filter(station_id=place["stationId"]).first()
        if station is None:
            raise Invalid(f"{name}.stationId: there is no such station.")
        return station
    for stop in (place or {}).get("stopReference", []):
        known = {"type": stop["type"], "id": stop["id"]}
        station = public.filter(stop_references__contains=[known]).order_by("pk").first()
        if station is not None:
            return station
    return None


def located(place: Place | None, station: Station | None) -> Place | None:
    """The place with the coordinates of its station where it has none of its own."""
    if place is None or station is None or "coordinates" in place:
        return place
    return {**place, "coordinates": {"lat": station.latitude, "lng": station.longitude}}


def sendable(place: Place | None) -> Place | None:
    """The place, or None where it cannot go over the wire because nobody knows its coordinates."""
    return place if place is not None and "coordinates" in place else None
