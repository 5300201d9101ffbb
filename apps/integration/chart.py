"""The chart of calls per hour, as rectangles that a template draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.integration.health import Hour

HEIGHT = 100


@dataclass(frozen=True)
class Bar:
    """One hour: how high its failed calls stand, and on them those that went well, of `HEIGHT`."""

    position: int
    at: datetime
    calls: int
    failed: int
    well_from: float
    well_height: float
    failed_from: float
    failed_height: float


def bars(hours: Sequence[Hour]) -> list[Bar]:
    """A bar for each hour, the busiest as high as the chart. What there is at all can be seen."""
    most = max((hour.calls for hour in hours), default=0) or 1
    found = []
    for position, hour in enumerate(hours):
        failed = _height(hour.failed, most)
        well = _height(hour.calls - hour.failed, most)
        top = min(HEIGHT, failed + well)
        found.append(
            Bar(position, hour.at, hour.calls, hour.failed, HEIGHT - top, top - failed, HEIGHT - failed, failed)
        )
    return found


def _height(calls: int, most: int) -> float:
    return max(2.0, round(HEIGHT * calls / most, 1)) if calls else 0.0
