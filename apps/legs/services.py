"""Leg events: one transaction each. What they do to the leg is in `apps.legs.riding` and `apps.legs.assigning`.

Where the asset's lock has to obey first, it is worked outside of the transaction (`apps.legs.remote_locks`).

Source: STATES, "Leg"; TOMP 1.6.1 /legs/{id}/events.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.models import Asset
from apps.assets.pools import lock_pool
from apps.bookings.models import STANDING
from apps.clock.sweeps import in_batches
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs import riding, times
from apps.legs.assigning import assign, choose_asset, find_asset, still_the_same
from apps.legs.locks import AssetSwapped, Ride, lock_ride, ride_transaction
from apps.legs.models import ASKING_FOR_A_TIME, BEFORE_THE_RIDE, UNDER_WAY, Leg, LegEvent, LegEventType, LegState
from apps.legs.moment import Happening, Moment, log
from apps.legs.process_rules import check_process, check_who
from apps.legs.remote_locks import work_lock
from apps.legs.replacements import withdraw_replacement
from apps.legs.return_area import whereabouts
from apps.legs.telling import tell_event
from apps.legs.usage import effective_time
from apps.processes import requirements
from apps.processes.selectors import published_profile
from apps.tomp.errors import IllegalState, NotFound
from apps.tomp.interruptions import resumable

# Where an event finds the leg already where it leads: a client's retry, which changes nothing.
ALREADY_THERE = {
    LegEventType.PREPARE: LegState.PREPARING,
    LegEventType.SET_IN_USE: LegState.IN_USE,
    LegEventType.PAUSE: LegState.PAUSED,
    LegEventType.START_FINISHING: LegState.FINISHING,
    LegEventType.FINISH: LegState.FINISHED,
    LegEventType.CANCEL: LegState.CANCELLED,
}
ACCEPTED_IN: dict[str, list[LegState]] = {
    LegEventType.PREPARE: [LegState.NOT_STARTED],
    LegEventType.ASSIGN_ASSET: BEFORE_THE_RIDE,
    LegEventType.SET_IN_USE: [*BEFORE_THE_RIDE, LegState.PAUSED],
    LegEventType.PAUSE: [LegState.IN_USE],
    LegEventType.OPEN_TRUNK: [LegState.PREPARING, *UNDER_WAY],
    LegEventType.TIME_POSTPONE: BEFORE_THE_RIDE,
    LegEventType.TIME_EXTEND: [*BEFORE_THE_RIDE, LegState.IN_USE, LegState.PAUSED],
    LegEventType.START_FINISHING: [LegState.IN_USE, LegState.PAUSED],
    LegEventType.FINISH: UNDER_WAY,
    LegEventType.CANCEL: BEFORE_THE_RIDE,
}
EFFECTS: dict[str, Callable[[Moment], None]] = {
    LegEventType.PREPARE: riding.prepare,
    LegEventType.SET_IN_USE: riding.set_in_use,
    LegEventType.PAUSE: riding.pause,
    LegEventType.OPEN_TRUNK: riding.open_trunk,
    LegEventType.TIME_POSTPONE: times.postpone,
    LegEventType.TIME_EXTEND: times.extend,
    LegEventType.START_FINISHING: riding.start_finishing,
    LegEventType.FINISH: riding.finish,
    LegEventType.CANCEL: riding.cancel,
}
# What the operator, and nobody else, can do to a leg with an issue, by the state that it was in.
ACCEPTED_IN_ISSUE: dict[str, list[LegState]] = {
    LegEventType.FINISH: UNDER_WAY,
    LegEventType.CANCEL: [*BEFORE_THE_RIDE, *UNDER_WAY],
}
# Events after which the booking may have no leg left to ride.
ENDING = {LegEventType.FINISH, LegEventType.CANCEL}
# Events after which it is clear what the leg is ridden with.
SETTLING_THE_ASSET = {LegEventType.ASSIGN_ASSET, LegEventType.SET_IN_USE}


@resumable
@ride_transaction
def apply_event(
    *,
    leg_id: UUID,
    happening: Happening,
    actor: Actor,
    provider_id: int | None = None,
    body: Mapping[str, Any] | None = None,
) -> Leg:
    """Let `happening` take effect on a leg, and return the leg.

    With `provider_id`, another MP's leg is `NotFound`. `body`, the event as an MP sent it, must hold what the
    process demands under which the booking was made. Raises `IllegalState` where the event does not fit the
    leg, its booking or the process, `AssetTaken` where the asset is someone else's, `Missing` and `Invalid` for
    fields, `ServiceUnavailable` where the asset's lock is to obey first and does not.
    """
    owner = {} if provider_id is None else {"booking__provider_id": provider_id}
    found = (
        Leg.objects.filter(pk=leg_id, **owner)
        .values("booking_id", "booking__profile_version_id", "asset_id", "reservation__station", "reservation__period")
        .first()
    )
    if found is None:
        raise NotFound(gettext("There is no such leg."))
    profile = published_profile(found["booking__profile_version_id"])
    if body is not None:
        requirements.check(profile, "legs.events", query={}, body=body)
    happening = happening.under(profile)

    new_asset: Asset | None = None
    chosen = happening.event == LegEventType.SET_IN_USE and found["asset_id"] is None
    if happening.event == LegEventType.ASSIGN_ASSET:
        new_asset = find_asset(happening)
    elif chosen:
        new_asset = choose_asset(leg_id)
    elif _moves_the_period(happening.event, found["reservation__period"]):
        lock_pool(found["reservation__station"])
    ride = lock_ride(found["booking_id"], more_assets=(new_asset.pk,) if new_asset else ())
    leg = ride.leg(leg_id)
    if leg.reservation.station_id != found["reservation__station"] or (chosen and leg.asset_id is not None):
        raise AssetSwapped
    now = timezone.now()
    check_who(profile, leg, happening.event, actor)
    if _is_repeated(ride, leg, happening, new_asset, now):
        return leg
    _check_fits(ride, leg, happening.event, actor, now)
    at = now
    if happening.event not in ASKING_FOR_A_TIME:
        at = effective_time(happening.time, after=leg.last_event_at or ride.booking.created_at, now=now)
    moment = Moment(ride, leg, happening, actor, at, now, profile, whereabouts(happening))
    check_process(moment)
    log(moment)
    if happening.event in SETTLING_THE_ASSET:
        withdraw_replacement(ride, leg, actor=actor, note=f"{happening.event} came first", now=now)
    if new_asset is not None:
        still_the_same(new_asset, moment)
        assign(moment, new_asset.pk)
        if chosen:
            tell_event(moment, LegEventType.ASSIGN_ASSET)
    if happening.event in EFFECTS:
        EFFECTS[happening.event](moment)
    tell_event(moment, happening.event)
    if happening.event in ENDING:
        riding.end_with_the_last(moment)
    work_lock(moment)
    return leg


def _moves_the_period(event: str, period: DateTimeTZRange) -> bool:
    """Another time, or a ride that begins before the agreed departure: then the pool is needed."""
    return event in ASKING_FOR_A_TIME or (event == LegEventType.SET_IN_USE and period.lower > timezone.now())


def _is_repeated(ride: Ride, leg: Leg, happening: Happening, new_asset: Asset | None, now: datetime) -> bool:
    """Is the leg already where the event leads?"""
    event = LegEventType(happening.event)
    if event == LegEventType.ASSIGN_ASSET:
        same = new_asset is not None and leg.asset_id == new_asset.pk
        return same and leg.state in BEFORE_THE_RIDE and ride.booking.state_at(now) in STANDING
    if event == LegEventType.TIME_EXTEND:
        return leg.arrival_time == happening.time
    if event == LegEventType.TIME_POSTPONE:
        return leg.departure_time == happening.time
    return leg.state == ALREADY_THERE.get(event)


def is_accepted(leg: Leg, event: str, *, actor_kind: ActorKind) -> bool:
    """Does the leg's state take the event? With an issue, only what the operator ends it with."""
    if leg.state == LegState.ISSUE_REPORTED:
        return actor_kind == ActorKind.TO and leg.state_before_issue in ACCEPTED_IN_ISSUE.get(event, [])
    return leg.state in ACCEPTED_IN.get(event, [])


def _check_fits(ride: Ride, leg: Leg, event: str, actor: Actor, now: datetime) -> None:
    """Raise `IllegalState`, naming the event and the state, where the leg cannot take it."""
    if event not in ACCEPTED_IN:
        raise IllegalState(gettext("%(event)s is not served for this leg.") % {"event": event})
    if not is_accepted(leg, event, actor_kind=actor.kind):
        raise IllegalState(
            gettext("%(event)s does not fit a leg that is %(state)s.") % {"event": event, "state": leg.state}
        )
    state = ride.booking.state_at(now)
    if state not in STANDING:
        raise IllegalState(
            gettext("%(event)s does not fit a leg whose booking is %(state)s.") % {"event": event, "state": state}
        )


def user_locations_due(now: datetime) -> QuerySet[LegEvent]:
    """Leg events that still tell where travellers were longer ago than `USER_LOCATION_DAYS`."""
    old = now - timedelta(days=settings.USER_LOCATION_DAYS)
    return LegEvent.objects.filter(user_latitude__isnull=False, received_at__lt=old).order_by("received_at")


def erase_user_locations(*, now: datetime) -> int:
    """Forget where travellers were, after the retention period; returns how many places."""
    return in_batches(
        "erase travellers' places",
        user_locations_due(now),
        lambda batch: batch.update(user_latitude=None, user_longitude=None),
    )
