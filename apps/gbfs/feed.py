"""The files of the feed: what each is made of, and for how long it is good."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from apps.gbfs.edition import Edition, Json
from apps.gbfs.places import geofencing_zones, station_information, station_status, system_regions
from apps.gbfs.system import system_alerts, system_information, system_pricing_plans
from apps.gbfs.vehicles import vehicle_status, vehicle_types
from apps.revisions.models import Subject

VERSION = "3.0"
# For how long a copy may be used, in seconds: of what staff write, and of what moves.
WRITTEN_SECONDS, MOVING_SECONDS = 300, 30
PLACES = (Subject.STATIONS, Subject.REGIONS)
PRICES = (Subject.PLANS, Subject.ASSET_TYPES, *PLACES)


@dataclass(frozen=True)
class File:
    """A file, and from what it is told; without subjects it is of what moves, and is made for everyone who asks.

    With `surges` it may also change with each quarter of an hour.
    """

    tell: Callable[[Edition], Json]
    told_from: tuple[Subject, ...] = ()
    surges: bool = False


def address(name: str) -> str:
    """Where the file `name` is."""
    return f"{settings.PUBLIC_URL}/gbfs/{VERSION}/{name}.json"


def gbfs(edition: Edition) -> Json:
    """`gbfs.json`: where all the others are."""
    return {"feeds": [{"name": name, "url": address(name)} for name in FILES if name != "gbfs"]}


def gbfs_versions(edition: Edition) -> Json:
    """`gbfs_versions.json`: there is one."""
    return {"versions": [{"version": VERSION, "url": address("gbfs")}]}


FILES = {
    "gbfs": File(gbfs, (Subject.OPERATOR,)),
    "gbfs_versions": File(gbfs_versions, (Subject.OPERATOR,)),
    "system_information": File(system_information, (Subject.OPERATOR, Subject.HOURS, Subject.CALENDAR)),
    "vehicle_types": File(vehicle_types, (Subject.OPERATOR, *PRICES)),
    "station_information": File(
        station_information, (Subject.OPERATOR, Subject.HOURS, Subject.CALENDAR, Subject.ASSET_TYPES, *PLACES)
    ),
    "station_status": File(station_status),
    "vehicle_status": File(vehicle_status),
    "system_regions": File(system_regions, (Subject.OPERATOR, Subject.REGIONS)),
    "geofencing_zones": File(geofencing_zones, (Subject.OPERATOR, Subject.REGIONS)),
    "system_pricing_plans": File(system_pricing_plans, (Subject.OPERATOR, *PRICES), surges=True),
    "system_alerts": File(system_alerts, (Subject.OPERATOR, Subject.ALERTS, *PLACES)),
}
