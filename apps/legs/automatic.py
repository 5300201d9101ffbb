"""Automatic assignment: some time before the departure, a leg that was promised a place is given an asset.

A leg says itself when its turn is (`assign_at`), so that the sweep finds it by an index. Where none is left it is put
off and tried again; staff see it among the legs that need an asset. Source: seed micromobility-operator,
upfront-booking.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from apps.clock.sweeps import sweep
from apps.history.services import CLOCK, record
from apps.legs.assigning import choose_asset
from apps.legs.locks import lock_leg, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, Leg, LegEventType
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.tomp.errors import AssetTaken, IllegalState, ServiceUnavailable
from apps.tomp.interruptions import resumable

TRY_AGAIN = timedelta(seconds=30)

log = structlog.get_logger(__name__)


def assign_due(*, limit: int = 500) -> int:
    """Give the legs whose turn has come the best asset left in their pool; returns how many got one.

    One transaction each. The MP is sent ASSIGN_ASSET. What cannot be assigned does not hold up the others.
    """
    return sum(sweep("assign assets", to_assign(timezone.now()), _assign_or_put_off, limit=limit))


def to_assign(now: datetime) -> QuerySet[Leg]:
    """Legs whose turn has come to be given an asset."""
    return Leg.objects.filter(asset=None, state__in=BEFORE_THE_RIDE, assign_at__lte=now)


def _assign_or_put_off(leg_id: UUID) -> bool:
    try:
        return _assign(leg_id)
    except (AssetTaken, IllegalState, ServiceUnavailable) as error:
        _put_off(leg_id, reason=error.detail)
        return False


@resumable
@ride_transaction
def _assign(leg_id: UUID) -> bool:
    """Whoever gives the leg its first asset holds the lock of its pool, which `choose_asset` takes."""
    asset = choose_asset(leg_id)
    if Leg.objects.filter(pk=leg_id, asset__isnull=False).exists():
        return False
    if asset is None:
        raise AssetTaken("No asset of the booked type is left at the pick-up point.")
    happening = Happening(event=LegEventType.ASSIGN_ASSET, time=timezone.now(), asset_id=asset.public_id)
    apply_event(leg_id=leg_id, happening=happening, actor=CLOCK)
    return True


@ride_transaction
def _put_off(leg_id: UUID, *, reason: str) -> None:
    """Try again in a while, as long as the leg can be ridden at all; the first time it is logged."""
    _, leg = lock_leg(leg_id)
    now, end = timezone.now(), leg.reservation.period.upper
    if leg.asset_id is not None or leg.state not in BEFORE_THE_RIDE:
        return
    leg.assign_at = None if end is not None and end <= now else now + TRY_AGAIN
    if leg.lacks_asset_since is None:
        leg.lacks_asset_since = now
        record(leg, "lacks_asset", actor=CLOCK, reason=reason)
        log.warning("no asset to assign", leg=str(leg_id), reason=reason)
    leg.save(update_fields=["assign_at", "lacks_asset_since"])
