"""Giving up what a leg held: its reservation and its asset."""

from datetime import datetime

from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.reservations import release
from apps.assets.unpromised import live
from apps.history.services import Actor, fire
from apps.legs.locks import Ride
from apps.legs.models import BEFORE_THE_RIDE, LegState


def free(asset: Asset, *, actor: Actor, reason: str, now: datetime) -> None:
    """Let a locked asset be hired again, unless another reservation that has begun still binds it."""
    if asset.state == AssetState.IN_USE:
        fire(asset, "give_back", actor=actor, reason=reason)
    elif asset.state == AssetState.RESERVED:
        still_bound = Reservation.objects.filter(live(now), asset=asset, period__contains=now).exists()
        if not still_bound:
            fire(asset, "free", actor=actor, reason=reason)


def drop_legs(ride: Ride, *, actor: Actor, reason: str, now: datetime) -> None:
    """Cancel every leg of a ride that is not over, and free what they held."""
    for leg in ride.legs:
        if leg.state in {LegState.FINISHED, LegState.CANCELLED}:
            continue
        fire(leg, "cancel" if leg.state in BEFORE_THE_RIDE else "abort", actor=actor, reason=reason)
        release(leg.reservation, now=now)
        asset = ride.asset_of(leg)
        if asset is not None:
            free(asset, actor=actor, reason=reason, now=now)
