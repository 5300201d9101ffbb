"""Opening hours and calendar in OpenStreetMap's `opening_hours` format, as GBFS 3.0 wants them.

A place follows its own hours, else its region's, else the system's; the same goes for the calendar (`stations.rules`).
"""

from calendar import month_abbr
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.operator.models import SystemCalendar, SystemHours, UserType
from apps.operator.opening import DAYS, Hours, Season
from apps.stations.rules import EVERYWHERE, Scope

ALWAYS = "24/7"
SHORT = {day: day.capitalize()[:2] for day in DAYS}
LAST_MINUTE, MIDNIGHT = "23:59", "24:00"


def opening_hours(hours: Sequence[Hours] | None, seasons: Sequence[Season]) -> str:
    """The text for hours of the week (None: no rule, so all day) within seasons; closed ones come last and win."""
    weeks = [f"00:00-{MIDNIGHT}"] if hours is None else _weeks(hours) or ["off"]
    open_seasons = [_season(one) for one in seasons if not one.closed]
    if open_seasons:
        rules = [f"{season} {week}" for season in open_seasons for week in weeks]
    else:
        rules = [ALWAYS] if hours is None else weeks
    return "; ".join([*rules, *(f"{_season(one)} off" for one in seasons if one.closed)])


def _weeks(hours: Iterable[Hours]) -> list[str]:
    """A rule for each run of days with the same hours, such as `Mo-Fr 07:00-12:00,13:00-24:00`."""
    spans = {day: ",".join(sorted(f"{one.start}-{_end(one.end)}" for one in hours if day in one.days)) for day in DAYS}
    rules = []
    for times, run in groupby(DAYS, key=spans.__getitem__):
        days = list(run)
        if times:
            first, last = SHORT[days[0]], SHORT[days[-1]]
            rules.append(f"{first if first == last else f'{first}-{last}'} {times}")
    return rules


def _end(clock: str) -> str:
    return MIDNIGHT if clock == LAST_MINUTE else clock


def _season(season: Season) -> str:
    start, end = (
        f"{f'{year} ' if year else ''}{month_abbr[month]} {day:02}"
        for year, month, day in (
            (season.start_year, season.start_month, season.start_day),
            (season.end_year, season.end_month, season.end_day),
        )
    )
    return start if start == end else f"{start}-{end}"


@dataclass(frozen=True)
class OpeningRules:
    """Hours and seasons of each place that has its own."""

    hours: Mapping[Scope, Sequence[Hours]]
    seasons: Mapping[Scope, Sequence[Season]]

    def of_the_system(self) -> str:
        """Where no other rule is."""
        return opening_hours(self.hours.get(EVERYWHERE), self.seasons.get(EVERYWHERE, ()))

    def of_station(self, station: int, region: int | None) -> str | None:
        """Of a station (primary keys); None where it follows the system."""
        own: tuple[Scope, ...] = ((None, station), (region, None)) if region is not None else ((None, station),)
        scopes = (*own, EVERYWHERE)
        if not any(scope in self.hours or scope in self.seasons for scope in own):
            return None
        hours = next((self.hours[one] for one in scopes if one in self.hours), None)
        return opening_hours(hours, next((self.seasons[one] for one in scopes if one in self.seasons), ()))


def opening_rules() -> OpeningRules:
    """All there are, for travellers who are no members. Two statements."""
    hours: defaultdict[Scope, list[Hours]] = defaultdict(list)
    for row in SystemHours.objects.all():
        ours = hours[row.region_id, row.station_id]
        if row.user_type != UserType.MEMBER:
            ours.append(Hours(row.days, f"{row.start_time:%H:%M}", f"{row.end_time:%H:%M}"))
    seasons: defaultdict[Scope, list[Season]] = defaultdict(list)
    for entry in SystemCalendar.objects.all():
        seasons[entry.region_id, entry.station_id].append(entry.season)
    return OpeningRules(hours, seasons)
