"""How a ride went: the trail its asset left, how far that is, and its line on the map.

The trail is kept for a limited time only (`TELEMETRY_TRAIL_DAYS`); what is to stay of it is written into the leg when
it finishes. Source: TOMP 1.6.1 `leg.progressGeometry`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import shapely.geometry
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from apps.clock.sweeps import in_batches
from apps.legs.models import UNDER_WAY, DistanceSource, Leg, LegEvent, LegState
from apps.legs.usage import measure
from apps.pricing.usage import Usage
from apps.stations.geo import Position, meters_between
from apps.telemetry.models import TrailPoint

# An end of the ride is known where something was read this near to it.
KNOWN_WITHIN = timedelta(minutes=1)
# Where a position lies no farther than this from the one before, in metres, the asset has not moved: it is noise.
NOISE_METERS = 20
# A position that could only have been reached faster than this, in metres a second, is a mistake.
FASTEST = 70
# What is lost of a line by leaving out points, in degrees: some 5 m.
SIMPLIFIED_BY = 0.00005
MOST_POINTS_OF_A_LINE = 1000
# A longer trail is read with gaps.
MOST_POINTS_OF_A_TRAIL = 10_000

# States in which the asset is on the road, or stands where the ride was interrupted.
RIDING = [*UNDER_WAY, LegState.ISSUE_REPORTED]

Line = dict[str, Any]


@dataclass(frozen=True)
class Ridden:
    """What a leg has used so far, from where its distance is known, and its line (GeoJSON) if it left a trail."""

    usage: Usage
    source: DistanceSource
    line: Line | None


def ridden(leg: Leg, *, until: datetime) -> Ridden:
    """A leg's use until then: its time from its events; its distance from the mileage, the trail or the events.

    Two statements; one where its asset has reported nothing since the departure.
    """
    events = list(leg.events.all())
    coordinates = leg.from_place["coordinates"]
    usage = measure(events, start=(coordinates["lat"], coordinates["lng"]), until=until)
    points = _points(leg, until)
    path = _path(leg, points)
    by_mileage = _meters_by_mileage(leg, points, until)
    if by_mileage is not None:
        return Ridden(usage.over(by_mileage), DistanceSource.MILEAGE, _line(path))
    if path:
        meters = _meters_by_trail(leg, path, events, until)
        return Ridden(usage.over(meters), DistanceSource.TRAIL, _line(path))
    return Ridden(usage, DistanceSource.EVENTS, None)


def line_of(leg: Leg, *, now: datetime) -> Line | None:
    """The line of a ride, as kept with the leg or as far as it has come."""
    if leg.progress_geometry is not None or leg.state not in RIDING:
        return leg.progress_geometry
    return _line(_path(leg, _points(leg, now)))


def _points(leg: Leg, until: datetime) -> list[TrailPoint]:
    """The asset's trail until then, from the last point before the ride on; nothing where it was not seen since."""
    departure, asset = leg.actual_departure_time, leg.asset
    if departure is None or asset is None or asset.seen_at is None or asset.seen_at < departure:
        return []
    query = """
        SELECT numbered.*
        FROM (
            SELECT point.*, row_number() OVER (ORDER BY point.at) AS number, count(*) OVER () AS count
            FROM telemetry_trailpoint AS point
            WHERE point.asset_id = %(asset)s
                AND point.at <= %(until)s
                AND point.at >= coalesce(
                    (
                        SELECT max(before.at)
                        FROM telemetry_trailpoint AS before
                        WHERE before.asset_id = %(asset)s AND before.at < %(departure)s
                    ),
                    %(departure)s
                )
        ) AS numbered
        WHERE number <= 2 OR number = count OR number %% (count / %(most)s + 1) = 0
        ORDER BY at
    """
    bounds = {"asset": asset.pk, "until": until, "departure": departure, "most": MOST_POINTS_OF_A_TRAIL}
    return list(TrailPoint.objects.raw(query, bounds))


def _meters_by_mileage(leg: Leg, points: Sequence[TrailPoint], until: datetime) -> int | None:
    """What the vehicle's own meter says, where it was read at both ends.

    At the beginning that is the reading nearest to the departure: in the ride's first minute, or the last one while
    the asset was parked.
    """
    departure = leg.actual_departure_time
    read = [(point.at, point.mileage, point.in_use) for point in points if point.mileage is not None]
    if departure is None or not read:
        return None
    first = min(
        (
            (abs(at - departure), at, km)
            for at, km, in_use in read
            if (departure <= at <= departure + KNOWN_WITHIN) or (at < departure and not in_use)
        ),
        default=None,
    )
    last_at, last_km, _ = read[-1]
    if first is None or last_at < until - KNOWN_WITHIN or last_at <= max(first[1], departure):
        return None
    return round((last_km - first[2]) * 1000) if last_km >= first[2] else None


def _path(leg: Leg, points: Sequence[TrailPoint]) -> list[tuple[datetime, Position]]:
    """Where the asset moved to on the ride, without noise and mistakes of its position."""
    path: list[tuple[datetime, Position]] = []
    departure = leg.actual_departure_time
    for point in points:
        if departure is None or point.at < departure or point.latitude is None or point.longitude is None:
            continue
        here = (point.latitude, point.longitude)
        if path:
            before, there = path[-1]
            meters, seconds = meters_between(there, here), (point.at - before).total_seconds()
            if meters < NOISE_METERS or meters > FASTEST * seconds:
                continue
        path.append((point.at, here))
    return path


def _meters_by_trail(
    leg: Leg, path: Sequence[tuple[datetime, Position]], events: Sequence[LegEvent], until: datetime
) -> int:
    """Along the path; to an end that it does not reach, as the crow flies to what is known of it."""
    places = [place for _, place in path]
    departure = leg.actual_departure_time or until
    coordinates = leg.from_place["coordinates"]
    if path[0][0] > departure + KNOWN_WITHIN:
        places.insert(0, (coordinates["lat"], coordinates["lng"]))
    last = next((one for one in reversed(events) if one.latitude is not None and one.longitude is not None), None)
    if last is not None and last.time > path[-1][0] + KNOWN_WITHIN:
        places.append((last.latitude or 0.0, last.longitude or 0.0))
    return round(sum(meters_between(one, other) for one, other in pairwise(places)))


def _line(path: Sequence[tuple[datetime, Position]]) -> Line | None:
    """A GeoJSON LineString of no more points than are needed; None for a ride that went nowhere."""
    if len(path) < 2:
        return None
    whole = shapely.geometry.LineString([(longitude, latitude) for _, (latitude, longitude) in path])
    tolerance = SIMPLIFIED_BY
    line = whole.simplify(tolerance)
    while len(line.coords) > MOST_POINTS_OF_A_LINE:
        tolerance *= 2
        line = whole.simplify(tolerance)
    return {"type": "LineString", "coordinates": [[round(x, 6), round(y, 6)] for x, y in line.coords]}


def trails_due(now: datetime) -> QuerySet[TrailPoint]:
    """Where assets were longer ago than `TELEMETRY_TRAIL_DAYS`; the trail of a ride that is not over is kept."""
    old = TrailPoint.objects.filter(at__lt=now - timedelta(days=settings.TELEMETRY_TRAIL_DAYS))
    under_way = Leg.objects.filter(asset=OuterRef("asset"), state__in=RIDING, actual_departure_time__lte=OuterRef("at"))
    return old.filter(~Exists(under_way)).order_by("at")


def purge_trails(*, now: datetime) -> int:
    """Forget where assets were long ago, a batch at a time; returns how many points."""
    return in_batches("purge trails", trails_due(now), QuerySet.delete)
