"""Putting a ride right that is over: when it was, how far it went, where it ended, with which asset.

What the corrected ride costs under the agreed price list is the fare then; the difference goes into the journal and is
claimed from the MP, which is sent the leg as it now is. Nothing that was charged is edited. The distance stays as it
was measured at FINISH unless another is given. Another asset changes no price: what was agreed stays, and staff charge
or give back the difference as extra costs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext

from apps.assets.models import Asset, new_public_id
from apps.history.services import Actor
from apps.legs.charged import charged
from apps.legs.locks import Ride, lock_leg, ride_transaction
from apps.legs.models import Correction, DistanceSource, Leg, LegEvent, LegEventType, LegState
from apps.legs.telling import tell_leg
from apps.legs.usage import measure
from apps.payments.charging import charge_correction
from apps.pricing.settling import Settlement, settle
from apps.pricing.usage import Usage
from apps.stations.models import Station
from apps.stations.places import located
from apps.tomp.errors import IllegalState, Invalid, Missing, NotFound
from apps.tomp.times import CLOCK_TOLERANCE


@dataclass(frozen=True)
class Truth:
    """What really was, as far as it is to be corrected: None stays as it is. `meters` ridden, keys of rows."""

    departure: datetime | None = None
    arrival: datetime | None = None
    meters: int | None = None
    station_id: int | None = None
    asset_id: int | None = None


@dataclass(frozen=True)
class Corrected:
    """A leg as it would be: its use and its fare, beside what it cost before, in the fare's currency."""

    usage: Usage
    settlement: Settlement
    cost: Decimal

    @property
    def difference(self) -> Decimal:
        """What is still to be charged, or, negative, to be given back. VAT included."""
        return self.settlement.amount - self.cost


def corrected(leg: Leg, truth: Truth, *, now: datetime) -> Corrected:
    """What `truth` makes of a leg that is over; nothing is written.

    Raises `IllegalState` for a leg that is not FINISHED or where somebody else had the asset at the time, `Invalid`
    for times that cannot be, or where nothing would change.
    """
    if leg.state != LegState.FINISHED or leg.actual_departure_time is None or leg.actual_arrival_time is None:
        raise IllegalState(
            gettext("A leg that is %(state)s is not corrected: finish it, at the time when it ended.")
            % {"state": leg.state}
        )
    if leg.asset_id is None:
        raise IllegalState(gettext("What a parked car owes is corrected by extra costs."))
    if _as_it_is(leg, truth):
        raise Invalid(gettext("That is how it is already: nothing is to be corrected."))
    departure, arrival = truth.departure or leg.actual_departure_time, truth.arrival or leg.actual_arrival_time
    if not departure <= arrival <= now:
        raise Invalid(gettext("A ride ends after it began, and not in the future."))
    if departure < leg.booking.created_at - CLOCK_TOLERANCE:
        raise Invalid(gettext("A ride begins after its booking was made."))
    _refuse_two_riders(leg, truth.asset_id or leg.asset_id, departure, arrival)
    events = _moved(leg.events.all(), departure, arrival)
    coordinates = leg.from_place["coordinates"]
    timed = measure(events, start=(coordinates["lat"], coordinates["lng"]), until=arrival)
    meters = truth.meters if truth.meters is not None else leg.distance_meters or 0
    usage = timed.over(meters)
    return Corrected(usage, settle(leg.fare, usage, leg.ancillary_parts), _cost(leg))


@ride_transaction
def correct(*, leg_id: UUID, truth: Truth, actor: Actor, reason: str, alone_up_to: Decimal | None = None) -> Leg:
    """Make `truth` the story of the leg: its times, distance, place and asset, its fare, the journal, and the MP told.

    Raises as `corrected` does, `Missing` without a reason, `NotFound` for an unknown leg, asset or station, and
    `IllegalState` where more than `alone_up_to` would be given back.
    """
    if not reason:
        raise Missing(gettext("reason is missing: a ride is not corrected without one."))
    ride, leg = lock_leg(leg_id, more_assets=(truth.asset_id,) if truth.asset_id is not None else ())
    now = timezone.now()
    found = corrected(leg, truth, now=now)
    before = _told(leg, found.cost)
    changed = _put_right(leg, truth, found)
    leg.save(update_fields=changed)
    _keep_the_whole(ride)
    entry = charge_correction(
        charged(leg),
        settlement=found.settlement,
        difference=found.difference,
        usage=found.usage,
        why=reason,
        alone_up_to=alone_up_to,
    )
    Correction.objects.create(
        leg=leg,
        made_at=now,
        made_by=actor.name,
        reason=reason,
        before=before,
        after=_told(leg, found.settlement.amount),
        entry=entry,
    )
    tell_leg(leg, now=now)
    return leg


def _as_it_is(leg: Leg, truth: Truth) -> bool:
    """Does `truth` say nothing, or what the leg says already?"""
    station = (leg.to_place or {}).get("stationId")
    said = (
        (truth.departure, leg.actual_departure_time),
        (truth.arrival, leg.actual_arrival_time),
        (truth.meters, leg.distance_meters),
        (truth.asset_id, leg.asset_id),
        (_station(truth.station_id).station_id if truth.station_id is not None else None, station),
    )
    return all(true is None or true == told for true, told in said)


def _station(key: int) -> Station:
    station = Station.objects.filter(pk=key).first()
    if station is None:
        raise NotFound(gettext("There is no such station."))
    return station


def _refuse_two_riders(leg: Leg, asset_id: int, departure: datetime, arrival: datetime) -> None:
    """Nobody else may have ridden the asset at the time, or be riding it since."""
    others = Leg.objects.filter(asset=asset_id, actual_departure_time__lt=arrival).exclude(pk=leg.pk)
    until_later = Q(actual_arrival_time__gt=departure) | Q(actual_arrival_time=None)
    other = others.filter(until_later).exclude(state=LegState.CANCELLED).order_by("actual_departure_time").first()
    if other is not None and other.actual_departure_time is not None:
        since = formats.date_format(timezone.localtime(other.actual_departure_time), "DATETIME_FORMAT")
        raise IllegalState(
            gettext("The asset was with another ride then, since %(moment)s (%(ride)s).")
            % {"moment": since, "ride": other.pk}
        )


def _moved(events: Iterable[LegEvent], departure: datetime, arrival: datetime) -> list[LegEvent]:
    """The events as of a ride from `departure` to `arrival`: what lies outside is moved to the nearer end."""
    begun, moved = False, []
    for event in events:
        if begun:
            event.time = min(max(event.time, departure), arrival)
        elif event.event == LegEventType.SET_IN_USE:
            begun, event.time = True, departure
        moved.append(event)
    return moved


def _cost(leg: Leg) -> Decimal:
    """What the ride cost until now: its fare, VAT included."""
    fare = leg.final_fare or {"parts": []}
    return sum((Decimal(part["amount"]) for part in fare["parts"]), Decimal(0))


def _put_right(leg: Leg, truth: Truth, found: Corrected) -> list[str]:
    """Write what was corrected into the leg; returns the fields to save."""
    leg.final_fare = found.settlement.fare
    changed = ["final_fare"]
    if truth.departure is not None:
        leg.actual_departure_time = truth.departure
        changed.append("actual_departure_time")
    if truth.arrival is not None:
        leg.actual_arrival_time = truth.arrival
        changed.append("actual_arrival_time")
    if truth.meters is not None:
        leg.distance_meters, leg.distance_source = truth.meters, DistanceSource.STAFF
        changed += ["distance_meters", "distance_source"]
    if truth.station_id is not None:
        station = _station(truth.station_id)
        leg.to_place = located({"stationId": station.station_id}, station)
        changed.append("to_place")
    if truth.asset_id is not None and truth.asset_id != leg.asset_id:
        asset = Asset.objects.filter(pk=truth.asset_id).first()
        if asset is None:
            raise NotFound(gettext("There is no such asset."))
        # a fresh id: the one it has now would tell this MP where the asset goes next
        leg.asset, leg.asset_public_id, leg.progress_geometry = asset, new_public_id(), None
        changed += ["asset", "asset_public_id", "progress_geometry"]
    return changed


def _keep_the_whole(ride: Ride) -> None:
    """The booking's times, over all its legs."""
    departures = [leg.actual_departure_time for leg in ride.legs if leg.actual_departure_time is not None]
    arrivals = [leg.actual_arrival_time for leg in ride.legs if leg.actual_arrival_time is not None]
    booking = ride.booking
    booking.actual_departure_time = min(departures)
    if booking.actual_arrival_time is not None:
        booking.actual_arrival_time = max(arrivals)
    booking.save(update_fields=["actual_departure_time", "actual_arrival_time"])


def _told(leg: Leg, cost: Decimal) -> dict[str, Any]:
    """The leg's story in a few words, to be kept beside the other one."""
    assert leg.asset is not None  # noqa: S101 — a leg without an asset is not corrected
    times = (leg.actual_departure_time, leg.actual_arrival_time)
    departure, arrival = (moment.isoformat() if moment else None for moment in times)
    return {
        "departure": departure,
        "arrival": arrival,
        "meters": leg.distance_meters,
        "station": (leg.to_place or {}).get("stationId"),
        "asset": leg.asset.code,
        "amount": str(cost),
    }
