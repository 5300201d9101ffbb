"""Today's figures beside those of the same day of last week, until the same time of day, on the operator's clocks."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, ExtractHour, Greatest, Least
from django.utils import timezone

from apps.assets.models import Asset, AssetState
from apps.calls.models import CallCount
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from apps.tomp.errors import title_of

DAY = timedelta(days=1)
HOURS = 24
# What planning is asked for, and booking what was offered.
OFFERING = ("planning/offers", "bookings")
REASONS_SHOWN = 8
Number = int | Decimal


@dataclass(frozen=True)
class Day:
    """A day from its midnight to the next, of which `now` is the present time of day."""

    start: datetime
    now: datetime
    end: datetime

    def of(self, moment: str) -> Q:
        """Rows whose `moment` lies in it."""
        return Q(**{f"{moment}__gte": self.start, f"{moment}__lt": self.end})

    def so_far(self, moment: str) -> Q:
        """Rows whose `moment` lies in it, no later than the present time of day."""
        return Q(**{f"{moment}__gte": self.start, f"{moment}__lt": self.now})


def today_and_last_week(now: datetime) -> tuple[Day, Day]:
    """The day it is in the current time zone, and the same day a week ago: by the clock, whatever summer time does."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    week = timedelta(days=7)
    return Day(midnight, local, midnight + DAY), Day(midnight - week, local - week, midnight - week + DAY)


@dataclass
class Figure:
    """A number by hours of the day: today's, and last week's; `before` is last week's until the present time."""

    today: Number = 0
    before: Number = 0
    hours_today: list[Number] = field(default_factory=lambda: [0] * HOURS)
    hours_before: list[Number] = field(default_factory=lambda: [0] * HOURS)


@dataclass(frozen=True)
class Utilisation:
    """Of 100 hours of the fleet's time, how many it was ridden; and how many assets are being ridden now."""

    today: float
    before: float
    in_use: int
    fleet: int


@dataclass(frozen=True)
class Refused:
    """How many requests for offers and bookings were refused with a code."""

    code: int
    reason: str
    today: int
    before: int


def rides(today: Day, before: Day) -> Figure:
    """Rides that began. One statement."""
    return _by_hour(Leg.objects.all(), "actual_departure_time", today, before, Count, "pk")[()]


def revenue(today: Day, before: Day) -> dict[str, Figure]:
    """What was written into the journal, VAT left out, by currency. One statement."""
    found = _by_hour(JournalEntry.objects.all(), "created_at", today, before, Sum, "amount_ex_vat", "currency")
    return {currency: figure for (currency,), figure in sorted(found.items())}


def _by_hour(
    rows: QuerySet[Any], moment: str, today: Day, before: Day, aggregate: type[Aggregate], of: str, *kinds: str
) -> dict[tuple[Any, ...], Figure]:
    """The aggregate `of` the rows of both days, by the values of `kinds`."""
    found: dict[tuple[Any, ...], Figure] = defaultdict(Figure)
    counted = (
        rows.filter(today.of(moment) | before.of(moment))
        .annotate(is_today=ExpressionWrapper(today.of(moment), BooleanField()), hour=ExtractHour(moment))
        .order_by()
        .values_list("is_today", "hour", *kinds)
        .annotate(whole=aggregate(of), so_far=aggregate(of, filter=before.so_far(moment)))
    )
    for is_today, hour, *kind, whole, so_far in counted:
        figure = found[tuple(kind)]
        (figure.hours_today if is_today else figure.hours_before)[hour] = whole
        if is_today:
            figure.today += whole
        else:
            figure.before += so_far or 0
    return found


def utilisation(today: Day, before: Day) -> Utilisation:
    """How much of the fleet's time it was ridden, measured by the fleet as it is now. Two statements.

    Of rides that began more than a day before midnight nothing is counted.
    """
    fleet = dict(Asset.objects.order_by().values_list("state").annotate(Count("pk")))
    hireable = sum(number for state, number in fleet.items() if state != AssetState.RETIRED)
    ridden = Leg.objects.filter(_may_be_ridden_in(today) | _may_be_ridden_in(before)).aggregate(
        today=_time_ridden_in(today), before=_time_ridden_in(before)
    )

    def share(of: timedelta | None, day: Day) -> float:
        whole = hireable * (day.now - day.start)
        return 100 * (of / whole) if of and whole else 0.0

    return Utilisation(
        share(ridden["today"], today), share(ridden["before"], before), fleet.get(AssetState.IN_USE, 0), hireable
    )


def _may_be_ridden_in(day: Day) -> Q:
    return Q(actual_departure_time__gte=day.start - DAY, actual_departure_time__lt=day.now)


def _time_ridden_in(day: Day) -> Sum:
    end = Least(Coalesce(F("actual_arrival_time"), Value(day.now)), Value(day.now))
    overlap = end - Greatest(F("actual_departure_time"), Value(day.start))
    after_midnight = Q(actual_arrival_time=None) | Q(actual_arrival_time__gt=day.start)
    return Sum(overlap, filter=_may_be_ridden_in(day) & after_midnight)


def refused(today: Day, before: Day) -> list[Refused]:
    """Why requests for offers and bookings were refused, most frequent first, by whole hours. One statement."""
    counted = (
        CallCount.objects.filter(today.so_far("hour") | before.so_far("hour"), endpoint__in=OFFERING, error_code__gt=0)
        .order_by()
        .values_list("error_code")
        .annotate(
            now=Sum("calls", filter=today.so_far("hour"), default=0),
            then=Sum("calls", filter=before.so_far("hour"), default=0),
        )
    )
    found = [Refused(code, title_of(code), now, then) for code, now, then in counted]
    return sorted(found, key=lambda one: (-one.today, -one.before, one.code))[:REASONS_SHOWN]
