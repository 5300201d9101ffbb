"""Giving a leg another asset: at once where it is of the type booked, else after asking the MP.

The MP is financially responsible, so it decides on another type; the price stays the one agreed. Its answer comes
with the delivery of the question, and a sweep acts on it. Source: TOMP 1.6.1 /legs/{id}/confirmation; STATES, "Leg",
ASSIGN_ASSET.
"""

from datetime import datetime, timedelta
from textwrap import shorten
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.models import Asset, AssetState
from apps.assets.pools import lock_pool
from apps.assets.reservations import hold_asset
from apps.bookings.models import STANDING
from apps.clock.sweeps import sweep
from apps.history.models import ActorKind
from apps.history.services import CLOCK, Actor, fire, record
from apps.legs.assigning import check_reach
from apps.legs.locks import AssetSwapped, Ride, lock_leg, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, Leg, LegEventType, Replacement, ReplacementOutcome
from apps.legs.moment import Happening
from apps.legs.replacements import end_replacement, withdraw_replacement
from apps.legs.services import apply_event
from apps.legs.telling import tell_leg
from apps.operator.selectors import operator_basics
from apps.processes.access_formats import accepted_methods, common_methods
from apps.processes.conditions import conditions_for
from apps.processes.selectors import published_profile
from apps.processes.steps import OVERRIDING_CONDITIONS
from apps.tomp.errors import AssetTaken, IllegalState, Invalid, Missing, NotFound
from apps.tomp.interruptions import resumable
from apps.webhooks.models import DeliveryState
from apps.webhooks.services import enqueue

# How long an asset of another type is held for the MP's answer.
HELD = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@resumable
@ride_transaction
def replace_asset(*, leg_id: UUID, asset_id: int, actor: Actor, reason: str) -> Leg:
    """Give a leg before its ride this asset instead, or ask its MP to agree to one of another type; return the leg.

    Raises `Missing` without a reason, `NotFound`, `IllegalState` where the leg takes no other asset, where one is
    asked for already, or where the MP could not open it, `AssetTaken`, and `ServiceUnavailable` where its lock is to
    open and does not.
    """
    if not reason:
        raise Missing(gettext("reason is missing: an asset is not replaced without one."))
    asset = Asset.objects.filter(pk=asset_id).select_related("asset_type").first()
    if asset is None:
        raise NotFound(gettext("There is no such asset."))
    lock_pool(asset.station_id)
    ride, leg = lock_leg(leg_id, more_assets=(asset_id,))
    if ride.assets[asset_id].station_id != asset.station_id:
        raise AssetSwapped
    now = timezone.now()
    state = ride.booking.state_at(now)
    if leg.state not in BEFORE_THE_RIDE or state not in STANDING:
        raise IllegalState(
            gettext("The asset of a leg that is %(state)s is not replaced; its booking is %(booking_state)s.")
            % {"state": leg.state, "booking_state": state}
        )
    if leg.replacement_asset_id is not None:
        raise IllegalState(
            gettext("The MP is being asked to agree to another asset: wait for its answer, or withdraw that.")
        )
    if asset.asset_type_id == leg.asset_type_id:
        return _assign(leg, asset, actor=actor, comment=reason, now=now)
    _ask(ride, leg, asset, actor=actor, reason=reason, now=now)
    return leg


def _assign(leg: Leg, asset: Asset, *, actor: Actor, comment: str, now: datetime) -> Leg:
    happening = Happening(event=LegEventType.ASSIGN_ASSET, time=now, comment=comment, asset_id=asset.public_id)
    return apply_event(leg_id=leg.pk, happening=happening, actor=actor)


def _ask(ride: Ride, leg: Leg, asset: Asset, *, actor: Actor, reason: str, now: datetime) -> None:
    """Hold the asset for the leg's whole period, and send the question."""
    profile = published_profile(ride.booking.profile_version_id)
    if accepted_methods(profile) and not common_methods(profile, asset.asset_type.access_methods):
        raise IllegalState(gettext("The MP's app cannot open an asset of that type."))
    check_reach(leg, asset)
    locked, period = ride.assets[asset.pk], leg.reservation.period
    hold = hold_asset(asset=locked, start=period.lower, end=period.upper, expires_at=now + HELD, now=now)
    if locked.state == AssetState.AVAILABLE and period.lower <= now:
        fire(locked, "reserve", actor=actor, reason=f"leg {leg.pk}")
    message = enqueue(
        booking=ride.booking,
        subject="REPLACE_ASSET",
        path=f"/legs/{leg.pk}/confirmation",
        body={"type": "REPLACE_ASSET", "assetTypeId": asset.asset_type.type_id},
        answer_wanted=True,
    )
    Replacement.objects.create(
        leg=leg,
        asset=locked,
        reservation=hold,
        message=message,
        asked_at=now,
        asked_by=actor.name,
        reason=reason,
    )
    # What is kept is in one language, whichever whoever asks reads.
    kind = asset.asset_type.name.localize(operator_basics().languages[0])
    record(leg, "ask_replacement", actor=actor, reason=f"{asset} ({kind}): {reason}")


@ride_transaction
def ask_no_longer(*, leg_id: UUID, actor: Actor, reason: str) -> Leg:
    """Staff withdraw the question; the asset is held no longer. Raises `IllegalState` where nothing is asked."""
    if not reason:
        raise Missing(gettext("reason is missing: a question is not withdrawn without one."))
    ride, leg = lock_leg(leg_id)
    if leg.replacement_asset_id is None:
        raise IllegalState(gettext("The MP is not being asked anything about this leg."))
    withdraw_replacement(ride, leg, actor=actor, note=reason, now=timezone.now())
    return leg


def settle_answered(*, limit: int = 500) -> int:
    """Act on the answers that have come, and end the questions whose time is over; returns how many.

    One transaction each.
    """
    answered = Q(message__state__in=[DeliveryState.DELIVERED, DeliveryState.FAILED])
    over = Q(reservation__expires_at__lte=timezone.now())
    due = Replacement.objects.filter(answered | over, ended_at=None)
    return sum(sweep("settle replacements", due, _settle_or_give_up, limit=limit))


def _settle_or_give_up(replacement_id: int) -> bool:
    try:
        return _settle(replacement_id)
    except (AssetTaken, IllegalState, Invalid) as error:
        return _settle(replacement_id, hindrance=error.detail)


@resumable
@ride_transaction
def _settle(replacement_id: int, *, hindrance: str = "") -> bool:
    """Swap where the MP has agreed in time, else leave the leg as it is. `hindrance` is why a swap has failed."""
    found = Replacement.objects.select_related("asset__asset_type").get(pk=replacement_id)
    lock_pool(found.asset.station_id)
    ride, leg = lock_leg(found.leg_id)
    replacement = (
        Replacement.objects.filter(pk=replacement_id, ended_at=None).select_related("message", "reservation").first()
    )
    if replacement is None:
        return False
    now = timezone.now()
    outcome, note = (ReplacementOutcome.FAILED, hindrance) if hindrance else _decision(replacement, now)
    by_mp = outcome in {ReplacementOutcome.AGREED, ReplacementOutcome.REFUSED}
    actor = Actor(ActorKind.MP, ride.booking.provider.maas_id) if by_mp else CLOCK
    end_replacement(ride, leg, outcome=outcome, actor=actor, note=note, now=now)
    if outcome == ReplacementOutcome.AGREED:
        _take_over_type(ride, leg, found.asset, now)
        asking = Actor(ActorKind.TO, replacement.asked_by)
        tell_leg(_assign(leg, found.asset, actor=asking, comment=replacement.reason, now=now), now=now)
    return True


def _decision(replacement: Replacement, now: datetime) -> tuple[ReplacementOutcome, str]:
    """What became of the question, and why. Only a plain `true` is a yes."""
    message = replacement.message
    if replacement.reservation.expires_at is None or replacement.reservation.expires_at <= now:
        return ReplacementOutcome.EXPIRED, "the MP has not answered in time"
    if message.state == DeliveryState.FAILED:
        last = message.delivery_attempts.last()
        why = f"HTTP {last.status} {last.error}".strip() if last and last.status else (last.error if last else "")
        return ReplacementOutcome.REFUSED, f"the MP did not take the question: {why}"
    if message.answer.strip() == "true":
        return ReplacementOutcome.AGREED, "the MP answered true"
    said = shorten(message.answer, 100, placeholder="…") or "nothing"
    return ReplacementOutcome.REFUSED, f"the MP answered {said}"


def _take_over_type(ride: Ride, leg: Leg, asset: Asset, now: datetime) -> None:
    """The leg is of the new type from now on, with the steps that belong to it; price and terms stay as agreed."""
    profile = published_profile(ride.booking.profile_version_id)
    steps = set(OVERRIDING_CONDITIONS.values())
    of_type = conditions_for(profile, asset.asset_type.type_id, now, operator_basics().languages[0])
    leg.conditions = [one for one in leg.conditions if one["conditionType"] not in steps] + [
        one for one in of_type if one["conditionType"] in steps
    ]
    leg.asset_type = asset.asset_type
    leg.save(update_fields=["asset_type", "conditions"])
