"""When we are open: hours of the week, and a calendar of seasons and closed days. Pure, in local time.

Times of the day are those on the operator's clocks, as `HH:MM`: on the days when clocks change, an hour that comes
twice is open twice. Source: TOMP 1.6.1 `systemHours`, `systemCalendar`, after GBFS.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True)
class Hours:
    """Open on `days` from `start` to `end`, the closing minute included; `end` before `start` is the day after."""

    days: Collection[str]
    start: str
    end: str

    def hold(self, local: datetime) -> bool:
        """Is that moment within them? Hours past midnight belong to the day they began on."""
        clock, today, yesterday = local.strftime("%H:%M"), DAYS[local.weekday()], DAYS[local.weekday() - 1]
        if self.start <= self.end:
            return today in self.days and self.start <= clock <= self.end
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock <= self.end)


@dataclass(frozen=True)
class Season:
    """From one day to another, both included: of every year, or where years are given, of those.

    `closed` says whether it is a time of operation or one of none. Without years it may go round the turn of the year.
    """

    start_month: int
    start_day: int
    end_month: int
    end_day: int
    start_year: int | None = None
    end_year: int | None = None
    closed: bool = False

    def holds(self, day: date) -> bool:
        """Does the day lie in it?"""
        start, end, that = (self.start_month, self.start_day), (self.end_month, self.end_day), (day.month, day.day)
        if self.start_year is not None and self.end_year is not None:
            return (self.start_year, *start) <= (day.year, *that) <= (self.end_year, *end)
        return start <= that <= end if start <= end else that >= start or that <= end


def operates(calendar: Sequence[Season], day: date) -> bool:
    """In one of the seasons of operation, where there are any, and in no closed one."""
    seasons = [one for one in calendar if not one.closed]
    if any(one.closed and one.holds(day) for one in calendar):
        return False
    return not seasons or any(one.holds(day) for one in seasons)


def days_of_operation(calendar: Sequence[Season], first: date, last: date) -> Iterator[Season]:
    """The runs of days of operation between two days, both included: what is left when the closed ones are taken out.

    The document knows seasons of operation only, so this is how it is told of closed days.
    """
    begin: date | None = None
    day = first
    while day <= last + timedelta(days=1):
        works = day <= last and operates(calendar, day)
        if works and begin is None:
            begin = day
        elif not works and begin is not None:
            end = day - timedelta(days=1)
            yield Season(begin.month, begin.day, end.month, end.day, begin.year, end.year)
            begin = None
        day += timedelta(days=1)
