"""Where an asset is left at the end, and whether it may be left there.

Source: TOMP 1.6.1 conditionReturnArea: one of the areas agreed in the offer is enough.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
import shapely.geometry

from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.legs.usage import meters_between
from apps.operator.models import Operator
from apps.stations.models import Station
from apps.tomp.errors import Invalid

# How near to the coordinates of a return area, or to its station, is "there".
NEARBY_METERS = 100
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True)
class Place:
    """Where the asset is: degrees WGS84, and the station where it stands at one."""

    latitude: float
    longitude: float
    station: Station | None


def place_of_return(happening: Happening) -> Place | None:
    """Where the asset was left, as far as the event says: a station, or coordinates."""
    if happening.station_id:
        station = Station.objects.filter(station_id=happening.station_id).first()
        if station is None:
            raise Invalid("asset.overriddenProperties.location.stationId: there is no such station.")
        return Place(station.latitude, station.longitude, station)
    return Place(*happening.location, None) if happening.location else None


def check_return_area(leg: Leg, place: Place, at: datetime) -> None:
    """Raise `Invalid` where return areas were agreed and none of them holds `place` and is open at `at`."""
    areas = [one for one in leg.conditions if one["conditionType"] == "conditionReturnArea"]
    if not areas:
        return
    there = [area for area in areas if _holds(area, place)]
    if not there:
        raise Invalid("asset.overriddenProperties.location lies outside every return area that was agreed.")
    if not any(_is_open(area, at) for area in there):
        raise Invalid("time lies outside the return hours of this return area.")


def _holds(area: dict[str, Any], place: Place) -> bool:
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
    operator = Operator.objects.first()
    local = at.astimezone(ZoneInfo(operator.time_zone if operator is not None else "UTC"))
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
