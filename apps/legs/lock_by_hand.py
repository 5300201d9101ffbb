"""Staff work the lock of a ride for a traveller on the phone; the ride itself stays as it is."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from apps.assets.locks.models import LockOrder
from apps.history.services import Actor, record
from apps.legs import lock_commands
from apps.legs.models import UNDER_WAY, Leg, LegState
from apps.tomp.errors import IllegalState, Missing, ServiceUnavailable

BY_STAFF = "STAFF"
# While the traveller is with the asset: before that, its lock opens to nobody.
WITH_THE_ASSET = [LegState.PREPARING, *UNDER_WAY, LegState.ISSUE_REPORTED]


def has_a_lock(leg: Leg) -> bool:
    """Has the leg an asset whose lock we reach, and is the traveller there to use it?"""
    return leg.state in WITH_THE_ASSET and leg.asset_id is not None and leg.asset_type.lock_gateway_id is not None


def work_by_hand(*, leg_id: UUID, order: LockOrder, actor: Actor, reason: str) -> None:
    """Tell the lock of the leg's asset. That it was asked for is in the log first: whoever dies, it is known who did.

    Call it outside of any transaction. Raises `Missing` without a reason, `IllegalState` where there is no lock to
    work, and `ServiceUnavailable` where it is jammed or silent, or somebody else is working it.
    """
    if not reason:
        raise Missing(gettext("reason is missing: no lock is worked without one."))
    with transaction.atomic():
        leg = Leg.objects.select_related("asset_type").select_for_update(of=("self",)).get(pk=leg_id)
        if not has_a_lock(leg) or leg.asset_id is None:
            raise IllegalState(
                gettext("There is no lock to work for this leg, which is %(state)s.") % {"state": leg.state}
            )
        record(leg, order, actor=actor, reason=reason)
        asset_id = leg.asset_id
    seen = lock_commands.latest_of(asset_id)
    conversation = lock_commands.claim(asset_id=asset_id, leg_id=leg_id, order=order, event=BY_STAFF, seen=seen)
    if conversation is None:
        raise ServiceUnavailable(
            gettext("The lock is being worked; try again."), retry_after=lock_commands.WHILE_WORKED
        )
    if not conversation.is_new:
        lock_commands.ask(conversation)
        raise ServiceUnavailable(gettext("What the lock was told last is settled only now; try again."), retry_after=1)
    lock_commands.carry_out(conversation, for_good=True)
