"""What can be hired now, for crowds: four SQL statements whatever the size, rows without model instances; a fifth
where damages are shown.

The rule is that of `apps.assets.bookable` from now on without an end where it is open and travellers may go, and no
more are listed of a pool than can be hired besides the places promised there; the tests hold the two together. A
private station is never named: what stands there is shown by its coordinates alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from apps.assets.damages.selectors import open_damages
from apps.assets.models import Asset, AssetType
from apps.assets.wire import asset_row_object, asset_type_summary
from apps.pricing.models import PricingRule
from apps.pricing.selectors import (
    parts_by_plan,
    parts_of,
    rules_in_force,
    that_concern,
    that_may_apply,
    with_parts,
)
from apps.pricing.wire import plan_object
from apps.stations.geo import Box, Circle
from apps.stations.rules import Rules, rules_of_hire
from apps.stations.selectors import check_known
from apps.tomp.errors import Invalid
from apps.tomp.paging import Page

# The rings of a region's GeoJSON polygon as PostgreSQL polygons; ring 1 is the outline, the others are holes.
RINGS = """
ring AS MATERIALIZED (
    SELECT outline.number, ('(' || string_agg(
        format('(%%s,%%s)', corner.position ->> 0, corner.position ->> 1), ',' ORDER BY corner.number
    ) || ')')::polygon AS area
    FROM stations_region region,
        jsonb_array_elements(region.service_area -> 'coordinates')
            WITH ORDINALITY AS outline(corners, number),
        jsonb_array_elements(outline.corners) WITH ORDINALITY AS corner(position, number)
    WHERE region.region_id = %s
    GROUP BY outline.number
),
"""
# The corners of the outline's box (0 is the north-east one) let the index on the map answer first.
IN_REGION = """
    asset.latitude BETWEEN (SELECT ((box(area))[1])[1] FROM ring WHERE number = 1)
        AND (SELECT ((box(area))[0])[1] FROM ring WHERE number = 1)
    AND asset.longitude BETWEEN (SELECT ((box(area))[1])[0] FROM ring WHERE number = 1)
        AND (SELECT ((box(area))[0])[0] FROM ring WHERE number = 1)
    AND (SELECT area FROM ring WHERE number = 1) @> point(asset.longitude, asset.latitude)
    AND NOT EXISTS (
        SELECT 1 FROM ring WHERE number > 1 AND area @> point(asset.longitude, asset.latitude)
    )
"""
PROMISED = """EXISTS (
    SELECT 1 FROM assets_reservation promise
    WHERE promise.asset_id = asset.id AND promise.released_at IS NULL
        AND (promise.expires_at IS NULL OR promise.expires_at > %s)
        AND promise.period && tstzrange(%s, NULL)
)"""
# The rule of `apps.assets.unpromised.fit_for_hire`.
FIT = """(
    asset.state IN ('AVAILABLE', 'RESERVED') AND asset.lock_state <> 'JAMMED' AND NOT EXISTS (
        SELECT FROM assets_damage damage
        WHERE damage.asset_id = asset.id AND damage.repaired_at IS NULL AND damage.severity = 'UNUSABLE'
    )
)"""
# For each pool with promised places: how many assets can go from now on so that every place can still be kept.
LEFT = """
place AS (
    SELECT station_id, asset_type_id, period FROM assets_reservation
    WHERE asset_id IS NULL AND released_at IS NULL AND (expires_at IS NULL OR expires_at > %s)
        AND period && tstzrange(%s, NULL) AND station_id {stations}
),
pool AS MATERIALIZED (
    SELECT place.station_id, place.asset_type_id, min((
        SELECT count(*) FROM assets_asset asset
        WHERE asset.station_id = place.station_id AND asset.asset_type_id = place.asset_type_id
            AND {fit} AND NOT EXISTS (
                SELECT 1 FROM assets_reservation promise
                WHERE promise.asset_id = asset.id AND promise.released_at IS NULL
                    AND (promise.expires_at IS NULL OR promise.expires_at > %s)
                    AND promise.period && place.period
            )
    ) - (
        SELECT count(*) FROM assets_reservation other
        WHERE other.station_id = place.station_id AND other.asset_type_id = place.asset_type_id
            AND other.asset_id IS NULL AND other.released_at IS NULL
            AND (other.expires_at IS NULL OR other.expires_at > %s)
            AND other.period && place.period
    )) AS assets_left
    FROM place
    GROUP BY place.station_id, place.asset_type_id
)"""
STATEMENT = """
WITH {rings} unpromised AS MATERIALIZED (
    SELECT asset.*, row_number() OVER (PARTITION BY asset.station_id, asset.asset_type_id ORDER BY asset.id) AS number
    FROM assets_asset asset
    WHERE {fit}
        AND {conditions}
        AND {served}
        AND NOT {promised}
),
{left},
free AS MATERIALIZED (
    SELECT asset.id, asset.public_id, asset.asset_type_id, station.station_id,
        home.station_id AS home_station_id, asset.latitude, asset.longitude,
        asset.state_of_charge, asset.mileage
    FROM unpromised asset
    LEFT JOIN pool ON pool.station_id = asset.station_id AND pool.asset_type_id = asset.asset_type_id
    LEFT JOIN stations_station station ON station.id = asset.station_id AND station.is_public
    LEFT JOIN stations_station home ON home.id = asset.home_station_id AND home.is_public
    WHERE pool.assets_left IS NULL OR asset.number <= pool.assets_left
),
available AS (
    SELECT asset_type_id, station_id, count(*) AS number FROM free GROUP BY asset_type_id, station_id
)
{page}
"""
# Both: a row's asset type, station, number of such assets, and the number of rows of all pages together.
PAGE_OF_ASSETS = """
SELECT available.asset_type_id, available.station_id, available.number,
    (SELECT count(*) FROM free), page.public_id, page.home_station_id,
    page.latitude, page.longitude, page.state_of_charge, page.mileage, page.id
FROM (
    SELECT * FROM free ORDER BY asset_type_id, station_id NULLS FIRST, id LIMIT %s OFFSET %s
) page
JOIN available ON available.asset_type_id = page.asset_type_id
    AND available.station_id IS NOT DISTINCT FROM page.station_id
ORDER BY page.asset_type_id, page.station_id NULLS FIRST, page.id
"""
PAGE_OF_GROUPS = """
SELECT asset_type_id, station_id, number, count(*) OVER ()
FROM available ORDER BY asset_type_id, station_id NULLS FIRST LIMIT %s OFFSET %s
"""
EVERY_ASSET = """
SELECT public_id, asset_type_id, station_id, home_station_id, latitude, longitude, state_of_charge
FROM free ORDER BY id
"""
ON_SHOW = """asset.asset_type_id = ANY(%s) AND (
    asset.station_id IS NULL OR asset.station_id IN (SELECT id FROM stations_station WHERE is_public)
)"""
# An asset in the workshop or charging still takes up its place.
STANDING = """
WITH {left}
SELECT asset.station_id, asset_type.type_id, count(*), greatest(0, least(
    count(*) FILTER (WHERE {fit} AND NOT {promised}), min(pool.assets_left)
))
FROM assets_asset asset
JOIN assets_assettype asset_type ON asset_type.id = asset.asset_type_id
LEFT JOIN pool ON pool.station_id = asset.station_id AND pool.asset_type_id = asset.asset_type_id
WHERE asset.station_id = ANY(%s) AND asset.state IN ('AVAILABLE', 'RESERVED', 'MAINTENANCE', 'CHARGING')
GROUP BY asset.station_id, asset_type.type_id
ORDER BY asset_type.type_id
"""


@dataclass(frozen=True)
class Filter:
    """Which assets are asked for; all that are given must hold. Ids are those MPs know."""

    region_id: str | None = None
    station_id: str | None = None
    asset_type_id: str | None = None
    box: Box | None = None
    circle: Circle | None = None

    def sql(self) -> tuple[str, str, list[Any]]:
        """The CTE of the region (or nothing), the conditions on `asset`, and the values of both in order."""
        rings, conditions, values = "", ["TRUE"], []
        if self.region_id is not None:
            rings, conditions, values = RINGS, [IN_REGION], [self.region_id]
        for area in (self.box, self.circle):
            if area is not None:
                inside, limits = area.condition("asset")
                conditions.append(f"({inside})")
                values += limits
        if self.station_id is not None:
            conditions.append(
                "asset.station_id = (SELECT id FROM stations_station WHERE station_id = %s AND is_public)"
            )
            values.append(self.station_id)
        if self.asset_type_id is not None:
            conditions.append("asset.asset_type_id = (SELECT id FROM assets_assettype WHERE type_id = %s)")
            values.append(self.asset_type_id)
        return rings, " AND ".join(conditions), values

    def check(self) -> None:
        """Raise `Invalid` for the first id that nothing has; worth asking only where nothing was found."""
        check_known(region_id=self.region_id, station_id=self.station_id)
        if self.asset_type_id is not None and not AssetType.objects.filter(type_id=self.asset_type_id).exists():
            raise Invalid("assetTypeId: there is no such asset type.")


# Does a process show what is damaged on assets of this type (its id)?
Shows = Callable[[str], bool]


@dataclass(frozen=True)
class Availability:
    """A page of TOMP `assetType` objects, and the number of rows (assets or groups) of all pages together."""

    asset_types: list[dict[str, Any]]
    total: int


def available_assets(
    *,
    provider_id: int | None,
    wanted: Filter,
    page: Page,
    list_assets: bool,
    language: str,
    now: datetime,
    with_damages: Shows = lambda _: False,
) -> Availability:
    """What can be hired from `now` on, grouped by asset type and station (free-floating assets without one).

    Prices are those of the MP, or with None those of everybody. `now` is on the operator's clocks.

    With `list_assets` the assets are listed and `page` counts them, so that a page holds the groups of its
    assets; without, it counts the groups. `nrAvailable` is a group's whole number whatever the page. Listed
    assets of types that `with_damages` says yes to tell what is damaged on them. Raises `Invalid` for an unknown
    region, station or asset type.
    Source: TOMP 1.6.1 `/operator/available-assets`; DESIGN, "The wire".
    """
    rings, conditions, values = wanted.sql()
    select = PAGE_OF_ASSETS if list_assets else PAGE_OF_GROUPS
    rows = _rows(select, [page.limit, page.offset], rings=rings, conditions=conditions, values=values, now=now)
    if not rows:
        wanted.check()
        return Availability([], 0)
    rules = rules_in_force(provider_id, first=now, last=now).defer("region__service_area")
    catalogue = _catalogue({row[0] for row in rows}, {row[1] for row in rows if row[1]}, rules, language, now)
    groups: dict[tuple[int, str | None], dict[str, Any]] = {}
    to_show: dict[int, dict[str, Any]] = {}
    for asset_type, station_id, number, _, *asset in rows:
        group = groups.get((asset_type, station_id))
        if group is None:
            group = {**catalogue.group(asset_type, station_id), "stationId": station_id, "nrAvailable": number}
            groups[asset_type, station_id] = group
        if list_assets:
            public_id, home_station_id, *columns, asset_id = asset
            shown = asset_row_object(public_id, station_id, home_station_id, *columns)
            group.setdefault("assets", []).append(shown)
            if with_damages(group["id"]):
                to_show[asset_id] = shown
    for asset_id, damages in (open_damages(to_show) if to_show else {}).items():
        to_show[asset_id]["damages"] = damages
    return Availability(list(groups.values()), rows[0][3])


# Public id, primary key of the asset type, ids of the station and the home station, latitude, longitude, charge in %.
AssetRow = tuple[str, int, str | None, str | None, float, float, int | None]


def assets_on_show(asset_type_ids: Sequence[int], *, now: datetime) -> list[AssetRow]:
    """Every asset of these types (primary keys) that anybody may see and hire from `now` on, in two statements.

    None that stands at a private station.
    """
    return _rows(EVERY_ASSET, [], rings="", conditions=ON_SHOW, values=[list(asset_type_ids)], now=now)


def _rows(
    select: str, limits: Sequence[Any], *, rings: str, conditions: str, values: Sequence[Any], now: datetime
) -> list[Any]:
    """What `select` and its `limits` take of the assets to hire that meet the `conditions`. Two statements."""
    served, served_values = _served(rules_of_hire(now))
    statement = STATEMENT.format(
        rings=rings,
        conditions=conditions,
        served=served,
        fit=FIT,
        promised=PROMISED,
        left=LEFT.format(fit=FIT, stations="IN (SELECT station_id FROM unpromised)"),
        page=select,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *served_values, *[now] * 6, *limits])
        return cursor.fetchall()


def _served(rules: Rules) -> tuple[str, tuple[Any, ...]]:
    """The condition on `asset` of standing where it is open and where travellers may go, with its values."""
    if rules.serve_everywhere:
        return "TRUE", ()
    try:
        served, values = rules.served_assets(Asset.objects.order_by()).values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that there are none
        return "FALSE", ()
    return f"asset.id IN ({served})", values


@dataclass
class Standing:
    """What stands at a station: how many assets of each type, and how many of them can be hired now."""

    assets: dict[str, int] = field(default_factory=dict)
    available: dict[str, int] = field(default_factory=dict)


def standing_at(station_ids: Sequence[int], *, now: datetime) -> dict[int, Standing]:
    """What stands at each of the stations (primary keys), in one statement; also types with none to hire."""
    stations = {station_id: Standing() for station_id in station_ids}
    with connection.cursor() as cursor:
        statement = STANDING.format(left=LEFT.format(fit=FIT, stations="= ANY(%s)"), fit=FIT, promised=PROMISED)
        cursor.execute(statement, [now, now, list(station_ids), *[now] * 4, list(station_ids)])
        for station_id, type_id, assets, available in cursor.fetchall():
            stations[station_id].assets[type_id] = assets
            stations[station_id].available[type_id] = available
    return stations


def asset_classes() -> list[str]:
    """The TOMP classes of the asset types there are, sorted."""
    classes = AssetType.objects.order_by("asset_class").values_list("asset_class", flat=True)
    return list(classes.distinct())


@dataclass(frozen=True)
class _Catalogue:
    """Asset types as TOMP objects and the plans they have by themselves, the rules of now, and all plans as objects."""

    types: Mapping[int, tuple[dict[str, Any], int]]
    rules: Sequence[PricingRule]
    plans: Mapping[int, dict[str, Any]]

    def group(self, asset_type_id: int, station_id: str | None) -> dict[str, Any]:
        """An asset type with the plan it has by itself, and those that may apply there, the first to win first."""
        summary, own = self.types[asset_type_id]
        rules = that_may_apply(self.rules, asset_type_id=asset_type_id, station_id=station_id)
        applicable = [rule.plan_id for rule in rules]
        if not rules or rules[-1].region_id is not None:
            applicable.append(own)
        return {
            **summary,
            "applicablePricings": [self.plans[plan] for plan in dict.fromkeys(applicable)],
            "defaultPricingPlan": self.plans[own],
        }


def _catalogue(
    ids: set[int], station_ids: set[str], in_force: QuerySet[PricingRule], language: str, now: datetime
) -> _Catalogue:
    """Of the asset types with these primary keys, at these stations (TOMP ids). Two statements for all of it."""
    types = list(with_parts(AssetType.objects.filter(pk__in=ids).select_related("pricing_plan"), "pricing_plan"))
    rules = list(that_concern(in_force, asset_types=ids, stations=station_ids))
    parts = parts_by_plan(rules)
    plans = {one.pricing_plan_id: (one.pricing_plan, parts_of(one)) for one in types}
    plans |= {rule.plan_id: (rule.plan, parts[rule.plan_id]) for rule in rules}
    return _Catalogue(
        {one.pk: (asset_type_summary(one, language), one.pricing_plan_id) for one in types},
        rules,
        {pk: plan_object(plan, listed, language, now) for pk, (plan, listed) in plans.items()},
    )
