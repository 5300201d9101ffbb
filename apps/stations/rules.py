"""What holds where at a moment: areas with a rule, opening hours and the calendar. One statement for all of it.

A station follows its own opening hours, else those of its region, else those of the whole system; a loose asset those
of the regions it stands in, else the system's. The same goes for the calendar, apart from the hours. What no rule
speaks of is open. Source: TOMP 1.6.1 `systemRegion`, `systemHours`, `systemCalendar`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from apps.operator.models import Operator, SystemCalendar, SystemHours, UserType
from apps.operator.opening import Hours, Season, operates
from apps.operator.selectors import UNDESCRIBED
from apps.stations.areas import Area, Row, lying_in
from apps.stations.geo import Position
from apps.stations.models import Region, RegionType, Station

# Region and station by primary key; both None is the whole system.
Scope = tuple[int | None, int | None]
EVERYWHERE: Scope = (None, None)


@dataclass(frozen=True)
class Rules:
    """What holds at `local`, the operator's time: the areas in force by their type, and who is open.

    `verdicts` are two, of the hours and of the calendar: for each place with a rule of its own, whether it is open.
    `regions` are the areas of the regions among them, by primary key.
    """

    local: datetime
    areas: Mapping[str, list[Area]]
    verdicts: tuple[Mapping[Scope, bool], ...] = ()
    regions: Mapping[int, Area] | None = None

    def lies_in(self, kind: RegionType, position: Position) -> bool:
        """Is the (latitude, longitude) in an area of that type?"""
        return any(area.holds(position) for area in self.areas.get(kind, ()))

    @property
    def serve_everywhere(self) -> bool:
        """Is no place closed, and none of the areas in force?"""
        return not self.areas and all(is_open for told in self.verdicts for is_open in told.values())

    def is_open(self, station: Station) -> bool:
        """Is the station open, by the hours and by the calendar?"""
        scopes: tuple[Scope, ...] = ((None, station.pk), (station.region_id, None), EVERYWHERE)
        return all(next((told[one] for one in scopes if one in told), True) for told in self.verdicts)

    def served_assets(self, assets: QuerySet[Row]) -> QuerySet[Row]:
        """Those that stand where it is open and where travellers may go. Not for a subquery of Django's."""
        return self._served(assets, station="station", region="station__region")

    def served_stations(self, stations: QuerySet[Row]) -> QuerySet[Row]:
        """Those that are open and where travellers may go. Not for a subquery."""
        return self._served(stations, station="pk", region="region")

    def _served(self, rows: QuerySet[Row], *, station: str, region: str) -> QuerySet[Row]:
        rows, forbidden = lying_in(rows, self.areas.get(RegionType.NO_ACCESS, ()), "forbidden")
        closed = forbidden
        for number, told in enumerate(self.verdicts):
            stations = {one: ok for (_, one), ok in told.items() if one is not None}
            regions = {one: ok for (one, _), ok in told.items() if one is not None}
            shut = Q(pk=None)
            for only_closed in (True, False) if not told.get(EVERYWHERE, True) else (True,):
                named = [one for one, ok in regions.items() if not (only_closed and ok)]
                areas = [(self.regions or {})[one] for one in named]
                rows, loose = lying_in(rows, areas, f"lies_in_{number}_{only_closed}")
                inside = Q(**{f"{region}__in": named}) | Q(**{station: None}) & loose
                shut |= inside if only_closed else ~inside
            closed |= Q(**{f"{station}__in": [one for one, ok in stations.items() if not ok]})
            closed |= ~Q(**{f"{station}__in": list(stations)}) & shut
        return rows.exclude(closed)


_PLACE = {"region": "region_id", "station": "station_id"}
_HOURS = JSONObject(days="days", start="start_time", end="end_time", user_type="user_type", **_PLACE)
_SEASON = ("start_month", "start_day", "start_year", "end_month", "end_day", "end_year")
_CALENDAR = JSONObject(closed="is_closed", **{name: name for name in _SEASON}, **_PLACE)
_REGION = JSONObject(id="pk", type="type", area="service_area", in_force="in_force")


def rules_at(moment: datetime, *kinds: RegionType) -> Rules:
    """The rules at `moment`, with the areas of these types that are in force then."""
    told = Operator.objects.values_list(
        JSONObject(
            time_zone="time_zone",
            hours=ArraySubquery(SystemHours.objects.order_by().values(json=_HOURS)),
            calendar=ArraySubquery(SystemCalendar.objects.order_by().values(json=_CALENDAR)),
            regions=ArraySubquery(_regions(moment, kinds).order_by().values(json=_REGION)),
        ),
        flat=True,
    ).first()
    if told is None:
        return Rules(moment.astimezone(ZoneInfo(UNDESCRIBED.time_zone)), {})
    local = moment.astimezone(ZoneInfo(told["time_zone"]))
    regions = {row["id"]: Area(row["area"]) for row in told["regions"]}
    areas: defaultdict[str, list[Area]] = defaultdict(list)
    for row in told["regions"]:
        if row["in_force"]:
            areas[row["type"]].append(regions[row["id"]])
    return Rules(local, areas, (_open_hours(told["hours"], local), _open_days(told["calendar"], local)), regions)


def rules_of_hire(start: datetime) -> Rules:
    """What a hire that begins at `start` has to do with: who is closed, and where nobody may go. One statement."""
    return rules_at(start, RegionType.NO_ACCESS)


def _regions(moment: datetime, kinds: Iterable[RegionType]) -> QuerySet[Region]:
    """Those of these types that are in force, and those with hours or a calendar of their own."""
    begun = Q(area_start_time=None) | Q(area_start_time__lte=moment)
    not_over = Q(area_end_time=None) | Q(area_end_time__gt=moment)
    hours = Exists(SystemHours.objects.filter(region=OuterRef("pk")))
    calendar = Exists(SystemCalendar.objects.filter(region=OuterRef("pk")))
    in_force = Q(type__in=list(kinds)) & begun & not_over
    return Region.objects.annotate(in_force=Case(When(in_force, then=Value(True)), default=Value(False))).filter(
        Q(in_force=True) | hours | calendar
    )


def _open_hours(rows: Iterable[Mapping[str, Any]], local: datetime) -> dict[Scope, bool]:
    """Per place with opening hours, whether it is open to travellers who are no members."""
    verdicts: dict[Scope, bool] = {}
    for row in rows:
        hours = Hours(row["days"], row["start"][:5], row["end"][:5])
        ours = row["user_type"] != UserType.MEMBER
        scope = (row["region"], row["station"])
        verdicts[scope] = verdicts.get(scope, False) or (ours and hours.hold(local))
    return verdicts


def _open_days(rows: Iterable[Mapping[str, Any]], local: datetime) -> dict[Scope, bool]:
    """Per place with a calendar, whether it operates that day."""
    calendars: defaultdict[Scope, list[Season]] = defaultdict(list)
    for row in rows:
        season = Season(closed=row["closed"], **{name: row[name] for name in _SEASON})
        calendars[row["region"], row["station"]].append(season)
    return {scope: operates(seasons, local.date()) for scope, seasons in calendars.items()}
