"""What the fleet map shows of a view: single assets where there are few, and clusters, counted by SQL, where many.

The number of statements is fixed, and so is the size of an answer, however large the fleet.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, FloatField, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Floor

from apps.assets.models import Asset, AssetState
from apps.assets.unpromised import HIREABLE
from apps.stations.geo import Box
from apps.stations.models import Region, Station

MOST_ASSETS = 500
MOST_STATIONS = 300
# Cells of the grid across a view.
COLUMNS = 16
SHOWN_AT_FIRST = [state.value for state in AssetState if state != AssetState.RETIRED]


@dataclass
class Cluster:
    """Assets of one cell of the grid: how many in which state, their centre, and the box they lie in (degrees)."""

    count: int = 0
    states: dict[str, int] = field(default_factory=dict)
    latitude: float = 0.0
    longitude: float = 0.0
    south: float = math.inf
    north: float = -math.inf
    west: float = math.inf
    east: float = -math.inf


@dataclass(frozen=True)
class View:
    """A part of the map, with what is there. `stations` is None where there are too many to show."""

    count: int
    clusters: list[Cluster]
    assets: list[dict[str, Any]]
    stations: list[dict[str, Any]] | None


def view_of(box: Box, *, states: Sequence[str], asset_type_id: int | None = None) -> View:
    """What of the fleet lies in `box`: assets in one of `states`, of one type or any.

    Three statements, or two where there are more than `MOST_ASSETS` and no single asset is shown.
    """
    assets = Asset.objects.filter(state__in=states)
    if asset_type_id is not None:
        assets = assets.filter(asset_type_id=asset_type_id)
    assets = box.rows_inside(assets)
    clusters = _clusters(assets, _cell(box))
    count = sum(cluster.count for cluster in clusters)
    few = count <= MOST_ASSETS
    return View(count, [] if few else clusters, _single(assets) if few else [], _stations(box))


def _cell(box: Box) -> float:
    """The side of a cell, in degrees: a power of two, so that clusters stay as the map is moved."""
    width = (box.east - box.west) % 360 or 360.0
    return float(2 ** math.ceil(math.log2(width / COLUMNS)))


def _clusters(assets: QuerySet[Asset], cell: float) -> list[Cluster]:
    # On Europe's latitudes a degree of longitude is little more than half a degree of latitude.
    cells = (
        assets.order_by()
        .values(
            "state",
            column=Floor(Cast("longitude", FloatField()) / Value(cell)),
            row=Floor(Cast("latitude", FloatField()) / Value(cell / 1.6)),
        )
        .annotate(
            number=Count("pk"),
            latitudes=Sum("latitude"),
            longitudes=Sum("longitude"),
            south=Min("latitude"),
            north=Max("latitude"),
            west=Min("longitude"),
            east=Max("longitude"),
        )
    )
    clusters: dict[tuple[float, float], Cluster] = {}
    for part in cells:
        cluster = clusters.setdefault((part["column"], part["row"]), Cluster())
        cluster.count += part["number"]
        cluster.states[part["state"]] = part["number"]
        cluster.latitude += part["latitudes"]
        cluster.longitude += part["longitudes"]
        cluster.south, cluster.north = min(cluster.south, part["south"]), max(cluster.north, part["north"])
        cluster.west, cluster.east = min(cluster.west, part["west"]), max(cluster.east, part["east"])
    for cluster in clusters.values():
        cluster.latitude /= cluster.count
        cluster.longitude /= cluster.count
    return sorted(clusters.values(), key=lambda cluster: -cluster.count)


def _single(assets: QuerySet[Asset]) -> list[dict[str, Any]]:
    rows = assets.order_by("code").values("id", "code", "state", "asset_type_id", "latitude", "longitude")
    return [dict(row) for row in rows[:MOST_ASSETS]]


def _stations(box: Box) -> list[dict[str, Any]] | None:
    """Stations with what stands there, and how much of it could be hired; not what has been promised of it."""
    here = Q(assets__state__in=SHOWN_AT_FIRST)
    rows = (
        box.rows_inside(Station.objects.all())
        .annotate(standing=Count("assets", filter=here), hireable=Count("assets", filter=Q(assets__state__in=HIREABLE)))
        .order_by("pk")[: MOST_STATIONS + 1]
    )
    stations = [
        {
            "id": station.pk,
            "name": str(station.name),
            "latitude": station.latitude,
            "longitude": station.longitude,
            "standing": station.standing,
            "hireable": station.hireable,
            "capacity": station.capacity,
        }
        for station in rows
    ]
    return stations if len(stations) <= MOST_STATIONS else None


def regions() -> list[dict[str, Any]]:
    """Every region with its area. One statement."""
    return [
        {
            "id": region.pk,
            "name": str(region.name),
            "type": region.type,
            "rule": _rule(region),
            "area": region.service_area,
        }
        for region in Region.objects.order_by("pk")
    ]


def _rule(region: Region) -> str:
    words = [region.get_type_display()]
    if region.type_value is not None:
        words.append(f"{region.type_value:g} {region.get_type_unit_display()}".strip())
    return ", ".join(words)


def extent() -> Box | None:
    """The box around all stations, or around the fleet where there is none. At most two statements."""
    placed = Asset.objects.exclude(state=AssetState.RETIRED)
    for rows in (Station.objects.all(), placed):
        edges = rows.order_by().aggregate(
            south=Min("latitude"), north=Max("latitude"), west=Min("longitude"), east=Max("longitude")
        )
        if edges["south"] is not None:
            return Box(**edges)
    return None
