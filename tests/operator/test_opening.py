"""When we are open: hours of the week and days of the year, on the operator's clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.operator.opening import DAYS, Hours, Season, days_of_operation, operates

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WORKDAYS = DAYS[:5]


def local(text: str) -> datetime:
    """A moment in UTC, as the clocks in Amsterdam tell it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(AMSTERDAM)


@pytest.mark.parametrize(
    ("start", "end", "clock", "hold"),
    [
        ("08:00", "18:00", "07:59:59", False),
        ("08:00", "18:00", "08:00:00", True),
        ("08:00", "18:00", "18:00:59", True),
        ("08:00", "18:00", "18:01:00", False),
        ("00:00", "23:59", "23:59:59", True),
    ],
)
def test_hours_hold_from_their_start_through_their_last_minute(start: str, end: str, clock: str, hold: bool) -> None:
    monday = datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=AMSTERDAM)
    assert Hours(WORKDAYS, start, end).hold(monday) is hold


@pytest.mark.parametrize(
    ("moment", "hold"),
    [
        ("2026-11-20T21:30", True),  # Friday evening
        ("2026-11-21T00:30", True),  # half past one on Saturday belongs to Friday
        ("2026-11-21T01:01", False),
        ("2026-11-21T21:30", False),  # Saturday evening
        ("2026-11-23T00:30", False),  # and Monday's first hours to Sunday
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began_on(moment: str, hold: bool) -> None:
    assert Hours(WORKDAYS, "22:00", "02:00").hold(local(moment)) is hold


@pytest.mark.parametrize(
    ("moment", "hold"),
    [  # 29 March 2026: two o'clock is three; 25 October: two to three comes twice
        ("2026-03-29T00:59", False),  # 01:59
        ("2026-03-29T01:00", True),  # 03:00
        ("2026-10-25T00:30", True),  # 02:30, still in summer
        ("2026-10-25T01:30", True),  # 02:30 again
        ("2026-10-25T02:30", True),  # 03:30
        ("2026-10-25T03:31", False),  # 04:31
    ],
)
def test_on_the_days_when_clocks_change_the_clocks_decide(moment: str, hold: bool) -> None:
    assert Hours(DAYS, "02:00", "04:00").hold(local(moment)) is hold


@pytest.mark.parametrize(
    ("season", "day", "holds"),
    [
        (Season(4, 1, 10, 31), "2026-04-01", True),
        (Season(4, 1, 10, 31), "2031-10-31", True),
        (Season(4, 1, 10, 31), "2026-11-01", False),
        (Season(11, 1, 2, 29), "2026-12-31", True),
        (Season(11, 1, 2, 29), "2027-02-28", True),
        (Season(11, 1, 2, 29), "2027-03-01", False),
        (Season(11, 1, 2, 28, 2026, 2027), "2027-01-01", True),
        (Season(11, 1, 2, 28, 2026, 2027), "2027-11-01", False),
        (Season(12, 25, 12, 25), "2026-12-25", True),
    ],
)
def test_a_season_is_of_every_year_or_of_those_it_names(season: Season, day: str, holds: bool) -> None:
    assert season.holds(date.fromisoformat(day)) is holds


def test_a_closed_day_breaks_a_season() -> None:
    summer, holiday = Season(4, 1, 10, 31), Season(5, 5, 5, 5, closed=True)
    for day, works in (("2026-05-04", True), ("2026-05-05", False), ("2026-11-05", False)):
        assert operates([summer, holiday], date.fromisoformat(day)) is works
        assert operates([holiday], date.fromisoformat(day)) is (day != "2026-05-05")


def test_what_is_left_between_the_closed_days() -> None:
    calendar = [Season(12, 25, 12, 26, closed=True), Season(1, 1, 1, 1, closed=True)]
    runs = list(days_of_operation(calendar, date(2026, 1, 1), date(2027, 12, 31)))
    assert runs == [
        Season(1, 2, 12, 24, 2026, 2026),
        Season(12, 27, 12, 31, 2026, 2026),
        Season(1, 2, 12, 24, 2027, 2027),
        Season(12, 27, 12, 31, 2027, 2027),
    ]
    for run in runs:
        assert run.holds(date(run.start_year or 0, run.start_month, run.start_day))
