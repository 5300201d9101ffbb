"""What rides demand of locks. Source: PROCESS-IDENTIFIERS, LOCK_UNLOCK_REMOTELY and AUTO_UNLOCK."""

from django.utils import timezone

from apps.assets.locks.models import LockOrder
from apps.bookings.models import STANDING
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg, LegEventType, LegState
from apps.processes.selectors import published_profile

# What the lock is told before an event takes effect.
ORDER_OF_EVENT: dict[str, LockOrder] = {
    LegEventType.SET_IN_USE: LockOrder.UNLOCK,
    LegEventType.PAUSE: LockOrder.LOCK,
    LegEventType.FINISH: LockOrder.LOCK,
    LegEventType.OPEN_TRUNK: LockOrder.OPEN_TRUNK,
}
# While a ride is being finished, or something is wrong with it, the lock may be either.
ORDER_OF_STATE: dict[str, LockOrder] = {LegState.IN_USE: LockOrder.UNLOCK, LegState.PAUSED: LockOrder.LOCK}


def wanted_order(asset_id: int) -> LockOrder | None:
    """What makes an asset's lock as its ride demands it; None where it may be either way.

    Without a ride it is closed, unless the booking that it waits for, whose time has begun, was to unlock it.
    """
    legs = Leg.objects.filter(asset=asset_id)
    riding = legs.filter(state__in=[*UNDER_WAY, LegState.ISSUE_REPORTED]).values_list("state", flat=True).first()
    if riding is not None:
        return ORDER_OF_STATE.get(riding)
    waiting = legs.filter(state__in=BEFORE_THE_RIDE, booking__state__in=STANDING)
    waiting = waiting.filter(reservation__period__startswith__lte=timezone.now())
    versions = waiting.values_list("booking__profile_version", flat=True)
    if any(published_profile(version).has("AUTO_UNLOCK") for version in versions):
        return None
    return LockOrder.LOCK
