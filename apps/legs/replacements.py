"""Ending the question whether a leg may have an asset of another type, under the locks of `apps.legs.locks`.

Asking it, and acting on the answer, is in `apps.legs.replacing`.
"""

from datetime import datetime

from apps.assets.reservations import release
from apps.assets.services import free
from apps.history.services import Actor, record
from apps.legs.locks import Ride
from apps.legs.models import Leg, Replacement, ReplacementOutcome
from apps.webhooks.services import drop


def withdraw_replacement(ride: Ride, leg: Leg, *, actor: Actor, note: str, now: datetime) -> None:
    """Ask no longer, where anything was asked: the question has become pointless."""
    if leg.replacement_asset_id is not None:
        end_replacement(ride, leg, outcome=ReplacementOutcome.WITHDRAWN, actor=actor, note=note, now=now)


def end_replacement(
    ride: Ride, leg: Leg, *, outcome: ReplacementOutcome, actor: Actor, note: str, now: datetime
) -> None:
    """The leg's open question is over: its asset is held no longer, and what was not sent yet is not sent."""
    replacement = Replacement.objects.select_related("reservation", "message").get(leg=leg, ended_at=None)
    replacement.outcome, replacement.ended_at, replacement.note = outcome, now, note
    replacement.save(update_fields=["outcome", "ended_at", "note"])
    drop(replacement.message)
    release(replacement.reservation, now=now)
    if outcome != ReplacementOutcome.AGREED:
        free(ride.assets[replacement.asset_id], actor=actor, reason=f"leg {leg.pk}", now=now)
    leg.replacement_asset_id = None
    record(leg, f"replacement_{outcome.lower()}", actor=actor, reason=note)
