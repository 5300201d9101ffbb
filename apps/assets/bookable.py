"""Which assets can be booked by name: free ones that no promised place needs. Reads only.

A place promised at a station is one of the assets there, although no particular one. Source: `apps.assets.pools`.
"""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from apps.assets.models import Asset, Reservation
from apps.assets.unpromised import Hindrance, count_of, fit_for_hire, fitness, live, unpromised

THE_SAME_POOL = {"station": OuterRef("station"), "asset_type": OuterRef("asset_type")}
NOBODY_ELSE = Value(0)


def bookable_assets(
    *, start: datetime, end: datetime | None, now: datetime, taken_along: Combinable = NOBODY_ELSE
) -> QuerySet[Asset]:
    """Free assets between `start` and `end` (open without one) without which every place promised can be kept.

    It holds for each of the assets together with so many others of its pool as `taken_along` says, an expression over
    the place.
    """
    return Asset.objects.filter(*bookability(start=start, end=end, now=now, taken_along=taken_along).values())


def bookability(
    *, start: datetime, end: datetime | None, now: datetime, taken_along: Combinable = NOBODY_ELSE
) -> dict[Hindrance, Q]:
    """What holds of an asset that can be booked by name, each under what keeps it from that where it does not hold."""
    return {
        **fitness(),
        Hindrance.PROMISE: unpromised(start=start, end=end, now=now),
        Hindrance.PLACE: _needed_for_no_place(start=start, end=end, now=now, taken_along=taken_along),
    }


def _needed_for_no_place(*, start: datetime, end: datetime | None, now: datetime, taken_along: Combinable) -> Q:
    """For each place that overlaps that time, as many others are free as places are promised."""
    places = Reservation.objects.filter(live(now), asset=None, **THE_SAME_POOL)
    in_the_way = Reservation.objects.filter(
        live(now), asset=OuterRef("pk"), period__overlap=OuterRef(OuterRef("period"))
    )
    others = Asset.objects.filter(fit_for_hire(), ~Exists(in_the_way), **THE_SAME_POOL).exclude(
        pk=OuterRef(OuterRef("pk"))
    )
    needing_it = (
        places.filter(period__overlap=DateTimeTZRange(start, end, "[)"))
        .alias(places=count_of(places.filter(period__overlap=OuterRef("period"))), others=count_of(others))
        .filter(others__lt=F("places") + taken_along)
    )
    return Q(~Exists(needing_it))
