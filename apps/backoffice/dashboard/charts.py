"""Columns by hour, as rectangles that a template draws: today's before last week's."""

from dataclasses import dataclass

from apps.backoffice.dashboard.today import Figure, Number

HEIGHT = 100
# What there is at all can be seen.
LOWEST = 2.0


@dataclass(frozen=True)
class Column:
    """One hour of the day: today's number and last week's, and how high they stand, of `HEIGHT`."""

    hour: int
    today: Number
    before: Number
    today_height: float
    before_height: float

    @property
    def x(self) -> int:
        """Where it begins, of 10 times the number of hours."""
        return self.hour * 10

    @property
    def today_from(self) -> float:
        """Its upper end, from above."""
        return HEIGHT - self.today_height

    @property
    def before_from(self) -> float:
        """Last week's upper end, from above."""
        return HEIGHT - self.before_height


def columns(figure: Figure) -> list[Column]:
    """A column for each hour; the highest of both days is as high as the chart. Credits have no height."""
    most = max((*figure.hours_today, *figure.hours_before)) or 1
    pairs = zip(figure.hours_today, figure.hours_before, strict=True)
    return [
        Column(hour, today, before, _height(today, most), _height(before, most))
        for hour, (today, before) in enumerate(pairs)
    ]


def _height(number: Number, most: Number) -> float:
    return max(LOWEST, round(HEIGHT * float(number) / float(most), 1)) if number > 0 else 0.0
