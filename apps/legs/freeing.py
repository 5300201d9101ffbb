"""Giving up what a leg held: its reservation and its asset."""

from collections.abc import Iterable
from datetime import datetime

from apps.assets.ancillaries import release_all
from apps.assets.models import AssetState
from apps.assets.reservations import release
from apps.assets.services import free, give_back
from apps.history.models import ActorKind
from apps.history.services import Actor, fire, record
from apps.legs.charged import charged, fee_for_cancelling
from apps.legs.locks import Ride
from apps.legs.models import BEFORE_THE_RIDE, ISSUE_FIELDS, Leg, LegState
from apps.legs.progress import stop_telling
from apps.legs.remote_locks import lock_up_later
from apps.legs.replacements import withdraw_replacement
from apps.legs.return_area import seen_on_the_ride
from apps.payments.charging import Fee, charge_fee, refund


def give_up(leg: Leg, *, now: datetime) -> None:
    """Take back what a leg was promised: its asset or its place, and its ancillaries."""
    release(leg.reservation, now=now)
    if leg.ancillaries:
        release_all(leg.reservation, now=now)


def drop_leg(ride: Ride, leg: Leg, *, actor: Actor, reason: str, now: datetime) -> None:
    """Cancel a leg before its ride or under way, free what it held, and give back what was paid for it.

    An asset that is in use need not be so by this leg: it may be another's until this one's time comes.
    """
    ridden = (leg.state_before_issue or leg.state) not in BEFORE_THE_RIDE
    if not ridden:
        fire(leg, "cancel", actor=actor, reason=reason, save=ISSUE_FIELDS)
    else:
        leg.actual_arrival_time = now
        fire(leg, "abort", actor=actor, reason=reason, save=("actual_arrival_time", *ISSUE_FIELDS))
    stop_telling(leg)
    withdraw_replacement(ride, leg, actor=actor, note="the leg was cancelled", now=now)
    give_up(leg, now=now)
    refund(charged(leg))
    asset = ride.asset_of(leg)
    if asset is not None and ridden:
        place = seen_on_the_ride(leg, asset)
        give_back(asset, actor=actor, reason=f"leg {leg.pk}", now=now, place=place)
    elif asset is not None:
        free(asset, actor=actor, reason=f"leg {leg.pk}", now=now)
    if asset is not None and asset.state != AssetState.IN_USE:
        lock_up_later(leg, asset, event="CANCEL")


def drop_legs(ride: Ride, *, actor: Actor, reason: str, now: datetime) -> list[Leg]:
    """Cancel every leg of a ride that is not over, and return them."""
    dropped = [leg for leg in ride.legs if leg.state not in {LegState.FINISHED, LegState.CANCELLED}]
    for leg in dropped:
        drop_leg(ride, leg, actor=actor, reason=reason, now=now)
    return dropped


def owe_for_cancelling(legs: Iterable[Leg], *, actor: Actor, with_fee: bool | None, now: datetime) -> list[Fee]:
    """Charge what the terms say for these legs, which were agreed and have been cancelled; returns the fees.

    Staff may waive it (`with_fee` is off), and the log says what was; nobody else can. Where staff were not asked
    (None), as when we withdraw an asset, nothing is charged, and nothing was waived.
    """
    owed = [(leg, fee) for leg in legs if (fee := fee_for_cancelling(leg, now=now)) is not None]
    if actor.kind == ActorKind.TO and not with_fee:
        for leg, fee in owed if with_fee is False else []:
            record(leg, "waive_fee", actor=actor, reason=f"{fee.amount:f} {fee.estimate.currency}")
        return []
    for leg, fee in owed:
        charge_fee(charged(leg), fee)
    return [fee for _, fee in owed]
