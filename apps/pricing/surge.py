"""When a ride costs more: parts of kind SURGE that hold on some days, at some hours. Pure, in the operator's time.

The moment that counts is the departure, so that a traveller knows the price when the ride begins.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from apps.operator.opening import DAYS, Hours
from apps.pricing.models import FarePart, FarePartKind
from apps.pricing.part_problems import QUARTERS

CLOCK = "%H:%M"
WHOLE_DAY = ("00:00", "23:59")


def in_force(parts: Iterable[FarePart], departure: datetime) -> list[FarePart]:
    """Those that are part of the price of a departure, in local time: all but surges at other hours."""
    return [part for part in parts if _holds(part, departure)]


def is_surging(parts: Iterable[FarePart]) -> bool:
    """Is there a surge among the parts that are in force? GBFS `surge_pricing`."""
    return any(part.kind == FarePartKind.SURGE for part in parts)


def latest_change(now: datetime) -> datetime:
    """The last moment at which a surge may have begun or ended."""
    return now.replace(minute=max(minute for minute in QUARTERS if minute <= now.minute), second=0, microsecond=0)


def _holds(part: FarePart, departure: datetime) -> bool:
    start, end = WHOLE_DAY
    if part.start_time is not None and part.end_time is not None:
        last_minute = datetime.combine(departure, part.end_time) - timedelta(minutes=1)  # opening hours include it
        start, end = part.start_time.strftime(CLOCK), last_minute.strftime(CLOCK)
    return Hours(part.days or DAYS, start, end).hold(departure)
