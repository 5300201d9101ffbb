"""What happens to a leg, event by event, in the order of STATES, "Leg".

Each function is one transaction: it locks the ride, checks, fires the transition, and writes what goes with it.
An event that finds the leg already where it leads is a client's retry: it changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from apps.assets.models import Asset, AssetState, Reservation, new_public_id
from apps.assets.reservations import HIREABLE, live, release
from apps.bookings import lifecycle
from apps.bookings.models import BookingState
from apps.history.services import Actor, fire, record
from apps.legs.freeing import free
from apps.legs.locks import Ride, lock_ride, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, Leg, LegEvent, LegEventType, LegState
from apps.legs.usage import effective_time, measure
from apps.payments.services import journal_fare
from apps.pricing.fares import settle
from apps.processes import requirements
from apps.processes.selectors import published_profile
from apps.stations.models import Station
from apps.tomp.errors import AssetTaken, IllegalState, Invalid, Missing, NotFound

ALREADY_THERE = {
    LegEventType.PREPARE: LegState.PREPARING,
    LegEventType.SET_IN_USE: LegState.IN_USE,
    LegEventType.PAUSE: LegState.PAUSED,
    LegEventType.START_FINISHING: LegState.FINISHING,
    LegEventType.FINISH: LegState.FINISHED,
}


@dataclass(frozen=True)
class Happening:
    """A `legEvent` as read. `location` is the asset's (latitude, longitude), `station_id` TOMP's."""

    event: str
    time: datetime
    comment: str = ""
    urls: list[str] = field(default_factory=list)
    asset_id: str = ""
    location: tuple[float, float] | None = None
    station_id: str = ""


@dataclass(frozen=True)
class _Moment:
    """A happening on its locked leg: who, and when it counts."""

    ride: Ride
    leg: Leg
    happening: Happening
    actor: Actor
    at: datetime
    now: datetime


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
    leg or its booking, `AssetTaken` where the asset is someone else's, `Missing` and `Invalid` for fields.
    Source: STATES, "Leg"; TOMP 1.6.1 /legs/{id}/events.
    """
    owner = {} if provider_id is None else {"booking__provider_id": provider_id}
    found = Leg.objects.filter(pk=leg_id, **owner).values("booking_id", "booking__profile_version_id").first()
    if found is None:
        raise NotFound("There is no such leg.")
    if body is not None:
        process = published_profile(found["booking__profile_version_id"])
        requirements.check(process, "legs.events", query={}, body=body)
    wanted = _asset_named(happening) if happening.event == LegEventType.ASSIGN_ASSET else None
    ride = lock_ride(found["booking_id"], more_assets=(wanted.pk,) if wanted else ())
    leg = ride.leg(leg_id)
    now = timezone.now()
    if _is_repeated(leg, happening, wanted):
        return leg
    _check_fits(ride, leg, happening.event, now)
    at = effective_time(happening.time, after=leg.last_event_at or ride.booking.created_at, now=now)
    moment = _Moment(ride, leg, happening, actor, at, now)
    if wanted is not None:
        _assign_asset(moment, wanted.pk)
    else:
        EFFECTS[happening.event](moment)
    return leg


def _is_repeated(leg: Leg, happening: Happening, wanted: Asset | None) -> bool:
    if wanted is not None:
        return leg.asset_id == wanted.pk
    return leg.state == ALREADY_THERE.get(LegEventType(happening.event))


def _check_fits(ride: Ride, leg: Leg, event: str, now: datetime) -> None:
    """Raise `IllegalState`, naming the event and the state, where the leg cannot take it."""
    if event not in EFFECTS and event != LegEventType.ASSIGN_ASSET:
        raise IllegalState(f"{event} is not served for this leg.")
    if leg.state not in ACCEPTED_IN[event]:
        raise IllegalState(f"{event} does not fit a leg that is {leg.state}.")
    state = ride.booking.state_at(now)
    if state not in {BookingState.CONFIRMED, BookingState.STARTED}:
        raise IllegalState(f"{event} does not fit a leg whose booking is {state}.")


def _log(moment: _Moment) -> None:
    location = moment.happening.location
    LegEvent.objects.create(
        leg=moment.leg,
        event=moment.happening.event,
        time=moment.at,
        received_at=moment.now,
        comment=moment.happening.comment,
        urls=moment.happening.urls,
        latitude=location[0] if location else None,
        longitude=location[1] if location else None,
    )


def _prepare(moment: _Moment) -> None:
    fire(moment.leg, "prepare", actor=moment.actor, reason=moment.happening.comment)
    _log(moment)


def _asset_named(happening: Happening) -> Asset:
    if not happening.asset_id:
        raise Missing("asset.id is missing.")
    asset = Asset.objects.filter(public_id=happening.asset_id).first()
    if asset is None:
        raise Invalid("asset.id: there is no such asset.")
    return asset


def _assign_asset(moment: _Moment, asset_id: int) -> None:
    """Give the leg another asset of its type, and free the one it had."""
    leg, ride, now = moment.leg, moment.ride, moment.now
    asset, old = ride.assets[asset_id], ride.asset_of(leg)
    if asset.asset_type_id != leg.asset_type_id:
        raise Invalid("asset.id: this asset is of another type than the one booked.")
    if asset.state not in HIREABLE:
        raise AssetTaken("The asset is no longer available.")
    Reservation.objects.filter(asset=asset, released_at=None, expires_at__lte=now).update(released_at=now)
    leg.reservation.asset = asset
    try:
        with transaction.atomic():
            leg.reservation.save(update_fields=["asset"])
    except IntegrityError as error:
        raise AssetTaken("The asset has been taken by someone else.") from error
    leg.asset, leg.asset_public_id = asset, asset.public_id
    leg.save(update_fields=["asset", "asset_public_id"])
    record(leg, "assign_asset", actor=moment.actor, reason=moment.happening.comment)
    reason = f"leg {leg.pk}"
    if old is not None:
        free(old, actor=moment.actor, reason=reason, now=now)
    if asset.state == AssetState.AVAILABLE and leg.reservation.period.lower <= now:
        fire(asset, "reserve", actor=moment.actor, reason=reason)
    _log(moment)


def _set_in_use(moment: _Moment) -> None:
    """Start or resume the ride."""
    leg, at = moment.leg, moment.at
    if leg.state == LegState.PAUSED:
        fire(leg, "set_in_use", actor=moment.actor, reason=moment.happening.comment)
    else:
        asset = moment.ride.asset_of(leg)
        if asset is None:
            raise IllegalState("SET_IN_USE needs an asset: assign one first.")
        _begin_reservation(leg.reservation, at)
        if asset.state not in HIREABLE:
            raise AssetTaken("The asset is not there to be used.")
        fire(asset, "take", actor=moment.actor, reason=f"leg {leg.pk}")
        leg.actual_departure_time = at
        fire(
            leg,
            "set_in_use",
            actor=moment.actor,
            reason=moment.happening.comment,
            save=("actual_departure_time",),
        )
        lifecycle.leg_set_in_use(moment.ride.booking, actor=moment.actor, at=at)
    _log(moment)


def _begin_reservation(reservation: Reservation, at: datetime) -> None:
    """Who rides off early needs the asset from now on, not from the agreed departure."""
    if reservation.period.lower <= at:
        return
    reservation.period = DateTimeTZRange(at, reservation.period.upper, "[)")
    try:
        with transaction.atomic():
            reservation.save(update_fields=["period"])
    except IntegrityError as error:
        raise AssetTaken("The asset is promised to someone else until the agreed departure.") from error


def _pause(moment: _Moment) -> None:
    fire(moment.leg, "pause", actor=moment.actor, reason=moment.happening.comment)
    _log(moment)


def _start_finishing(moment: _Moment) -> None:
    fire(moment.leg, "start_finishing", actor=moment.actor, reason=moment.happening.comment)
    _log(moment)


def _finish(moment: _Moment) -> None:
    """End the ride: final fare, journal, the asset free at its new place under a new public id."""
    leg, ride, at = moment.leg, moment.ride, moment.at
    asset = ride.assets[leg.asset_id]  # type: ignore[index]  # a leg under way has an asset: checked by the database
    place = _place_of_return(moment.happening)
    _log(moment)
    usage = measure(list(leg.events.all()), start=_start_of(leg), until=at)
    settlement = settle(leg.fare, usage)
    leg.actual_arrival_time = at
    leg.final_fare = settlement.fare
    leg.distance_meters = usage.distance_meters
    fire(
        leg,
        "finish",
        actor=moment.actor,
        reason=moment.happening.comment,
        save=("actual_arrival_time", "final_fare", "distance_meters"),
    )
    journal_fare(booking=ride.booking, leg_id=leg.pk, settlement=settlement, usage=usage)
    release(leg.reservation, now=moment.now)
    _give_back(asset, place, moment)
    if all(one.state in {LegState.FINISHED, LegState.CANCELLED} for one in ride.legs):
        lifecycle.last_leg_finished(ride.booking, actor=moment.actor, at=at)


def _start_of(leg: Leg) -> tuple[float, float]:
    coordinates = leg.from_place["coordinates"]
    return coordinates["lat"], coordinates["lng"]


def _place_of_return(happening: Happening) -> tuple[float, float, Station | None] | None:
    """Where the asset was left, as far as the event says: a station, or coordinates."""
    if happening.station_id:
        station = Station.objects.filter(station_id=happening.station_id).first()
        if station is None:
            raise Invalid("asset.overriddenProperties.location.stationId: there is no such station.")
        return station.latitude, station.longitude, station
    return (*happening.location, None) if happening.location else None


def _give_back(asset: Asset, place: tuple[float, float, Station | None] | None, moment: _Moment) -> None:
    asset.public_id = new_public_id()
    changed: tuple[str, ...] = ("public_id",)
    if place is not None:
        asset.latitude, asset.longitude, asset.station = place
        asset.position_at = moment.at
        changed += ("latitude", "longitude", "station", "position_at")
    fire(asset, "give_back", actor=moment.actor, reason=f"leg {moment.leg.pk}", save=changed)
    next_one = Reservation.objects.filter(live(moment.now), asset=asset, period__contains=moment.now)
    if next_one.exists():
        fire(asset, "reserve", actor=moment.actor, reason="next reservation")


EFFECTS: dict[str, Callable[[_Moment], None]] = {
    LegEventType.PREPARE: _prepare,
    LegEventType.SET_IN_USE: _set_in_use,
    LegEventType.PAUSE: _pause,
    LegEventType.START_FINISHING: _start_finishing,
    LegEventType.FINISH: _finish,
}
ACCEPTED_IN: dict[str, list[LegState]] = {
    LegEventType.PREPARE: [LegState.NOT_STARTED],
    LegEventType.ASSIGN_ASSET: BEFORE_THE_RIDE,
    LegEventType.SET_IN_USE: [*BEFORE_THE_RIDE, LegState.PAUSED],
    LegEventType.PAUSE: [LegState.IN_USE],
    LegEventType.START_FINISHING: [LegState.IN_USE, LegState.PAUSED],
    LegEventType.FINISH: [LegState.IN_USE, LegState.PAUSED, LegState.FINISHING],
}
