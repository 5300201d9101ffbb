"""Which assets are fit for hire, and which of them nobody has been promised.

Reads only; promising is in `reservations` and `pools`.
"""

from datetime import datetime
from enum import StrEnum

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.assets.damages.selectors import keeping_from_hire
from apps.assets.locks.models import LockState
from apps.assets.models import Asset, AssetState, Reservation

HIREABLE = [AssetState.AVAILABLE, AssetState.RESERVED]


class Hindrance(StrEnum):
    """What may keep an asset from being hired."""

    STATE = "state"
    LOCK = "lock"
    DAMAGE = "damage"
    PROMISE = "promise"
    PLACE = "place"
    AREA = "area"


def fitness() -> dict[Hindrance, Q]:
    """What holds of an asset that is fit for hire, each under what keeps it from that where it does not hold.

    In service, its lock not known to be jammed, without a damage that keeps it from being hired.
    """
    return {
        Hindrance.STATE: Q(state__in=HIREABLE),
        Hindrance.LOCK: ~Q(lock_state=LockState.JAMMED),
        Hindrance.DAMAGE: Q(~Exists(keeping_from_hire(OuterRef("pk")))),
    }


def fit_for_hire() -> Q:
    """Assets of which all of `fitness` holds."""
    return Q(*fitness().values())


def may_be_promised(asset: Asset) -> bool:
    """Can this (locked) asset still be promised to who was offered it?

    A jam is no hindrance here: who stood before the lock when it jammed may try it once more.
    """
    return asset.state in HIREABLE and not keeping_from_hire(asset.pk).exists()


def is_sound(asset: Asset) -> bool:
    """Is its lock not known to be jammed, and has it no damage that keeps it from being hired?"""
    return asset.lock_state != LockState.JAMMED and not keeping_from_hire(asset.pk).exists()


def live(now: datetime) -> Q:
    """Reservations that bind at `now`: not released, and no hold that has run out."""
    return Q(released_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def unpromised(*, start: datetime, end: datetime | None, now: datetime) -> Q:
    """Assets that nobody has been promised between `start` and `end` (open without one)."""
    promised = Reservation.objects.filter(
        live(now), asset=OuterRef("pk"), period__overlap=DateTimeTZRange(start, end, "[)")
    )
    return Q(~Exists(promised))


def free_assets(*, start: datetime, end: datetime | None, now: datetime) -> QuerySet[Asset]:
    """Assets fit for hire that nobody has been promised between `start` and `end` (open without one).

    An asset whose state still reads RESERVED after its hold ran out is free: the clock is never trusted to
    have run.
    """
    return Asset.objects.filter(fit_for_hire(), unpromised(start=start, end=end, now=now))


def count_of(rows: QuerySet[Asset] | QuerySet[Reservation]) -> Coalesce:
    """The number of `rows`, all of one asset type, as a subquery; they may refer to the outer query."""
    counted = rows.order_by().values("asset_type").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
