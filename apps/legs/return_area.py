"""Where an asset is left at the end, and whether it may be left there.

Source: TOMP 1.6.1 conditionReturnArea: one of the areas agreed in the offer is enough.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
import shapely.geometry

from apps.assets.models import Asset
from apps.assets.services import Whereabouts
from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.operator.selectors import the_operator
from apps.stations.geo import Circle, meters_between
from apps.stations.models import Station
from apps.stations.places import station_of
from apps.tomp.errors import Invalid

# How near to the coordinates of a return area, or to its station, is "there".
NEARBY_METERS = 100
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def whereabouts(happening: Happening) -> Whereabouts | None:
    """Where the asset is, as far as the event says: at a station, or at coordinates. `Invalid` for no such station."""
    if happening.station_id:
        named = {"stationId": happening.station_id}
        station = station_of(named, "asset.overriddenProperties.location")
        return Whereabouts(station.latitude, station.longitude, station) if station else None
    return Whereabouts(*happening.location, None) if happening.location else None


def seen_on_the_ride(leg: Leg, asset: Asset) -> Whereabouts | None:
    """Where the asset itself said on this ride that it is; at a station where one is near, its own before others.

    None where it has not said so.
    """
    if leg.actual_departure_time is None or asset.position_at < leg.actual_departure_time:
        return None
    circle = Circle(asset.latitude, asset.longitude, NEARBY_METERS)
    near = list(circle.rows_inside(Station.objects.all()))
    station = next((one for one in near if one.pk == asset.station_id), near[0] if near else None)
    return Whereabouts(asset.latitude, asset.longitude, station, at=asset.position_at)


def check_return_area(leg: Leg, place: Whereabouts, at: datetime) -> None:
    """Raise `Invalid` where the asset may not be left at `place`.

    At a station that takes none back, or, where return areas were agreed, outside all of them or of their hours.
    """
    if place.station is not None and not place.station.is_returning:
        raise Invalid("asset.overriddenProperties.location: this station takes no assets back at present.")
    areas = [one for one in leg.conditions if one["conditionType"] == "conditionReturnArea"]
    if not areas:
        return
    there = [area for area in areas if _holds(area, place)]
    if not there:
        raise Invalid("asset.overriddenProperties.location lies outside every return area that was agreed.")
    if not any(_is_open(area, at) for area in there):
        raise Invalid("time lies outside the return hours of this return area.")


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


def _is_open(area: dict[str, Any], at: datetime) -> bool:
    """Within one of the return hours, in the operator's time zone; hours past midnight belong to their first day."""
    hours = area.get("returnHours")
    if not hours:
        return True
    local = at.astimezone(ZoneInfo(the_operator().time_zone))
    clock, today = local.strftime("%H:%M"), DAYS[local.weekday()]
    yesterday = DAYS[local.weekday() - 1]
    for one in hours:
        start, end, days = one["startTime"], one["endTime"], one["days"]
        if start <= end:
            if today in days and start <= clock <= end:
                return True
        elif (today in days and clock >= start) or (yesterday in days and clock <= end):
            return True
    return False
