"""Working an asset's lock before an event takes effect, where the process leaves that to us.

An event first runs to its end, which shows that it fits; what it did is undone, the lock is worked outside of any
transaction (`apps.legs.lock_commands`), and the event runs again. Source: PROCESS-IDENTIFIERS, LOCK_UNLOCK_REMOTELY.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils import timezone

from apps.assets.locks.models import LockOrder, LockState
from apps.assets.models import Asset
from apps.legs import lock_commands
from apps.legs.lock_demands import ORDER_OF_EVENT, wanted_order
from apps.legs.locks import Ride
from apps.legs.models import CommandState, Leg, LegEventType, LockCommand
from apps.legs.moment import Moment
from apps.processes.selectors import Profile, published_profile
from apps.tomp.interruptions import Interruption, interrupt, resolved, run_all


class LockNeeded(Interruption):
    """The asset's lock has to obey before the leg's event can take effect. `seen` is the asset's latest command."""

    def __init__(self, *, asset_id: int, leg_id: UUID, order: str, event: str, seen: LockCommand | None) -> None:
        super().__init__(f"{order} asset {asset_id} for {event}")
        self.asset_id, self.leg_id, self.order, self.event, self.seen = asset_id, leg_id, order, event, seen
        self.command_id: int | None = None

    def resolve(self) -> None:
        """Work the lock; an open command of another event is settled instead, and the call begins again.

        Raises `ServiceUnavailable` where the lock is jammed or silent, or somebody else talks with it.
        """
        # The leg of a booking that is only about to be made is not there yet.
        leg_id = Leg.objects.filter(pk=self.leg_id).values_list("pk", flat=True).first()
        conversation = lock_commands.claim(
            asset_id=self.asset_id, leg_id=leg_id, order=self.order, event=self.event, seen=self.seen
        )
        if conversation is None:
            return
        command = conversation.command
        if command.order != self.order or command.leg_id not in {None, self.leg_id}:
            lock_commands.ask(conversation)
            return
        lock_commands.carry_out(conversation)
        self.command_id = command.pk

    def conclude(self) -> None:
        """Where the event no longer fitted after the lock obeyed, the lock is brought back."""
        if self.command_id is not None:
            lock_commands.bring_back(self.command_id, may_open=True)


def is_locked_remotely(leg: Leg) -> bool:
    """Do the events of this leg work its asset's lock?"""
    profile = published_profile(leg.booking.profile_version_id)
    return profile.has("LOCK_UNLOCK_REMOTELY") and leg.asset_type.lock_gateway_id is not None


def work_lock(moment: Moment) -> None:
    """The end of an event: the lock has done what the event asks of it, or `LockNeeded`."""
    event, leg = moment.happening.event, moment.leg
    asset = moment.ride.asset_of(leg)
    if asset is None or moment.happening.without_lock:
        return
    if event == LegEventType.ASSIGN_ASSET and _opens_at_once(leg, moment.profile, moment.now):
        _demand(leg, asset, LockOrder.UNLOCK, event)
    elif event in ORDER_OF_EVENT and moment.profile.has("LOCK_UNLOCK_REMOTELY"):
        _demand(leg, asset, ORDER_OF_EVENT[event], event)


def unlock_at_commit(ride: Ride) -> None:
    """AUTO_UNLOCK: what was committed is open, as far as it is promised from now on; or an `Interruption`."""
    profile, now = published_profile(ride.booking.profile_version_id), timezone.now()
    assigned = [(leg, ride.asset_of(leg)) for leg in ride.legs if _opens_at_once(leg, profile, now)]
    run_all(partial(_demand, leg, asset, LockOrder.UNLOCK, "COMMIT") for leg, asset in assigned if asset is not None)


def _opens_at_once(leg: Leg, profile: Profile, now: datetime) -> bool:
    """Is a committed leg's asset to be open, before anybody sets it in use?"""
    return profile.has("AUTO_UNLOCK") and leg.reservation.period.lower <= now


def _demand(leg: Leg, asset: Asset, order: LockOrder, event: str) -> None:
    """Settle the command that the lock obeyed for this, in the transaction in which that takes effect."""
    if leg.asset_type.lock_gateway_id is None:
        return
    latest = lock_commands.latest_of(asset.pk)
    if latest is not None and _is_done_for(latest, leg, order):
        latest.leg, latest.settled_at, latest.leased_until = leg, timezone.now(), None
        latest.save(update_fields=["leg", "settled_at", "leased_until"])
        return
    interrupt(LockNeeded(asset_id=asset.pk, leg_id=leg.pk, order=order, event=event, seen=latest))


def _is_done_for(command: LockCommand, leg: Leg, order: str) -> bool:
    """Has the lock obeyed for this leg, also if a step before in the same call has made use of that already?"""
    if command.state != CommandState.OBEYED or command.order != order:
        return False
    if command.pk in [one.command_id for one in resolved() if isinstance(one, LockNeeded)]:
        return True
    return command.settled_at is None and command.leg_id == leg.pk


def lock_up_later(leg: Leg, asset: Asset, *, event: str) -> None:
    """A leg lets go of its asset while that stands open: have the sweep lock it, unless another ride wants it open."""
    profile = published_profile(leg.booking.profile_version_id)
    by_us = profile.has("LOCK_UNLOCK_REMOTELY") or profile.has("AUTO_UNLOCK")
    if not by_us or asset.lock_state != LockState.UNLOCKED or asset.asset_type.lock_gateway_id is None:
        return
    if wanted_order(asset.pk) != LockOrder.LOCK:
        return
    if not LockCommand.objects.filter(asset=asset, settled_at=None).exists():
        now = timezone.now()
        LockCommand.objects.create(
            asset=asset,
            leg=leg,
            order=LockOrder.LOCK,
            event=event,
            state=CommandState.DUE,
            asked_at=now,
            look_at=now,
        )
