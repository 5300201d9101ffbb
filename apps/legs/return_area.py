"""Where an asset is left at the end, and whether it may be left there.

Source: TOMP 1.6.1 conditionReturnArea: one of the areas agreed in the offer is enough.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import shapely
import shapely.geometry

from apps.assets.models import Asset
from apps.assets.services import Whereabouts
from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.operator.opening import Hours
from apps.stations.geo import Circle, Position, meters_between
from apps.stations.models import RegionType, Station
from apps.stations.places import station_of
from apps.stations.rules import Rules, rules_at
from apps.tomp.errors import Invalid

# How near to the coordinates of a return area, or to its station, is "there".
NEARBY_METERS = 100
# How far from a station a position may be that is said to be at it.
BELIEVED_METERS = 500


def whereabouts(happening: Happening) -> Whereabouts | None:
    """Where the asset is, as far as the event says: at a station, or at coordinates.

    `Invalid` for no such station, or one that is somewhere else.
    """
    if happening.station_id:
        named = {"stationId": happening.station_id}
        station = station_of(named, "asset.overriddenProperties.location")
        if station is not None and happening.location is not None:
            apart = meters_between(happening.location, (station.latitude, station.longitude))
            if apart > BELIEVED_METERS:
                raise Invalid("asset.overriddenProperties.location: its coordinates are not at its station.")
        return Whereabouts(station.latitude, station.longitude, station) if station else None
    return Whereabouts(*happening.location, None) if happening.location else None


def seen_on_the_ride(leg: Leg, asset: Asset) -> Whereabouts | None:
    """Where the asset itself said on this ride that it is; at a station where one is near, its own before others.

    None where it has not said so.
    """
    if leg.actual_departure_time is None or asset.position_at < leg.actual_departure_time:
        return None
    station = _station_near(asset.latitude, asset.longitude, asset)
    return Whereabouts(asset.latitude, asset.longitude, station, at=asset.position_at)


def left_at(place: Whereabouts | None, leg: Leg, asset: Asset) -> Whereabouts | None:
    """Where a ride ends: as its event says, else as the asset says; None where nobody has said so.

    Coordinates at a station are that station, for an asset that stands at stations: its pool keeps it.
    """
    if place is None:
        return seen_on_the_ride(leg, asset)
    if place.station is not None or (asset.station_id is None and asset.home_station_id is None):
        return place
    return replace(place, station=_station_near(place.latitude, place.longitude, asset))


def _station_near(latitude: float, longitude: float, asset: Asset) -> Station | None:
    """The station that an asset stands at there: its own before others, else the nearest."""
    near = list(Circle(latitude, longitude, NEARBY_METERS).rows_inside(Station.objects.all()))
    return next((one for one in near if one.pk == asset.station_id), near[0] if near else None)


def check_return_area(leg: Leg, place: Whereabouts, at: datetime) -> None:
    """Raise `Invalid` where the asset may not be left at `place`.

    In an area where nothing may be parked, or outside those we operate in; at a station that is closed or takes none
    back; or, where return areas were agreed, outside all of them or of their hours.
    """
    rules = rules_at(at, RegionType.OPERATING, RegionType.NO_ACCESS, RegionType.NO_PARKING)
    _check_regions(rules, (place.latitude, place.longitude))
    if place.station is not None and not place.station.is_returning:
        raise Invalid("asset.overriddenProperties.location: this station takes no assets back at present.")
    if place.station is not None and not rules.is_open(place.station):
        raise Invalid("time lies outside the opening hours of this station.")
    areas = [one for one in leg.conditions if one["conditionType"] == "conditionReturnArea"]
    if not areas:
        return
    there = [area for area in areas if _holds(area, place)]
    if not there:
        raise Invalid("asset.overriddenProperties.location lies outside every return area that was agreed.")
    if not any(_is_open(area, rules.local) for area in there):
        raise Invalid("time lies outside the return hours of this return area.")


def _check_regions(rules: Rules, position: Position) -> None:
    location = "asset.overriddenProperties.location"
    for kind in (RegionType.NO_ACCESS, RegionType.NO_PARKING):
        if rules.lies_in(kind, position):
            raise Invalid(f"{location} lies in an area with the rule {kind}: assets cannot be left there.")
    if rules.areas.get(RegionType.OPERATING) and not rules.lies_in(RegionType.OPERATING, position):
        raise Invalid(f"{location} lies outside the area in which we operate.")


def _holds(area: dict[str, Any], place: Whereabouts) -> bool:
    if "stationId" in area:
        return place.station is not None and place.station.station_id == area["stationId"]
    if "returnArea" in area:
        point = shapely.geometry.Point(place.longitude, place.latitude)
        return bool(shapely.geometry.shape(area["returnArea"]).covers(point))
    if "coordinates" in area:
        center = (area["coordinates"]["lat"], area["coordinates"]["lng"])
        return meters_between(center, (place.latitude, place.longitude)) <= NEARBY_METERS
    return True


def _is_open(area: dict[str, Any], local: datetime) -> bool:
    """Within one of the return hours, if there are any."""
    hours = [Hours(one["days"], one["startTime"], one["endTime"]) for one in area.get("returnHours") or ()]
    return not hours or any(one.hold(local) for one in hours)
