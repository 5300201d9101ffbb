"""A booking on the map: where its legs were to begin and end, where they did, and where their assets are now.

Degrees, WGS 84. Three statements, and one more for each leg under way whose line is not written down yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.backoffice.words import moment, place_in_words
from apps.bookings.models import Booking
from apps.legs.models import Leg, LegEvent, LegEventType
from apps.legs.trails import line_of

# Of a large group the first legs are drawn.
MOST_LEGS = 20


@dataclass(frozen=True)
class Spot:
    """A point with what it is; `kind` is agreed, began, ended, traveller or now, and gives it its colour."""

    kind: str
    words: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class RideMap:
    """What there is to draw of a booking: spots, and a GeoJSON line for each ride that left one."""

    spots: list[Spot] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shows_travellers(self) -> bool:
        """Does it tell where a traveller was?"""
        return any(spot.kind == "traveller" for spot in self.spots)


def map_of(booking: Booking, *, with_travellers: bool, now: datetime) -> RideMap | None:
    """The map of a booking with its legs; None where no place is known. `with_travellers`: also where they were."""
    legs = list(booking.legs.select_related("asset", "asset__station").prefetch_related("events")[:MOST_LEGS])
    shown = RideMap()
    for leg in legs:
        name = _("Leg %(number)s") % {"number": leg.sequence} if len(legs) > 1 else _("The ride")
        line = line_of(leg, now=now)
        if line is not None:
            shown.lines.append(line)
        shown.spots.extend(_spots(leg, name, line))
        if with_travellers:
            shown.spots.extend(_travellers(leg, name))
    return shown if shown.spots or shown.lines else None


def _spots(leg: Leg, name: str, line: dict[str, Any] | None) -> Iterator[Spot]:
    agreed = (
        (leg.from_place, _("%(ride)s was to begin: %(place)s, %(moment)s"), leg.departure_time),
        (leg.to_place, _("%(ride)s was to end: %(place)s, %(moment)s"), leg.arrival_time),
    )
    for place, words, time in agreed:
        coordinates = (place or {}).get("coordinates") or {}
        if "lat" in coordinates and "lng" in coordinates:
            told = words % {"ride": name, "place": place_in_words(place), "moment": moment(time)}
            yield Spot("agreed", told, coordinates["lat"], coordinates["lng"])
    ends = (
        ("began", LegEventType.SET_IN_USE, 0, leg.actual_departure_time, _("%(ride)s began, %(moment)s")),
        ("ended", LegEventType.FINISH, -1, leg.actual_arrival_time, _("%(ride)s ended, %(moment)s")),
    )
    for kind, event, point, time, words in ends:
        place = _place_of(leg.events.all(), event, line, point) if time is not None else None
        if place is not None:
            yield Spot(kind, words % {"ride": name, "moment": moment(time)}, *place)
    asset = leg.asset
    if asset is not None and asset.latitude is not None and asset.longitude is not None:
        told = _("%(asset)s is here, as known %(moment)s") % {"asset": asset, "moment": moment(asset.position_at)}
        yield Spot("now", told, asset.latitude, asset.longitude)


def _place_of(
    events: Iterable[LegEvent], event: str, line: dict[str, Any] | None, point: int
) -> tuple[float, float] | None:
    """Where an event says that it happened, or else that end of the line."""
    for one in events:
        if one.event == event and one.latitude is not None and one.longitude is not None:
            return one.latitude, one.longitude
    if line is None:
        return None
    longitude, latitude = line["coordinates"][point]
    return latitude, longitude


def _travellers(leg: Leg, name: str) -> Iterator[Spot]:
    for event in leg.events.all():
        if event.user_latitude is not None and event.user_longitude is not None:
            told = _("The traveller of %(ride)s at “%(event)s”, %(moment)s") % {
                "ride": name,
                "event": event.get_event_display(),
                "moment": moment(event.time),
            }
            yield Spot("traveller", told, event.user_latitude, event.user_longitude)
