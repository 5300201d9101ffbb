"""TIME_EXTEND and TIME_POSTPONE: another arrival, another departure, where nobody else is promised the asset then."""

from datetime import datetime

from django.db import transaction

from apps.assets.reservations import move
from apps.assets.services import free
from apps.history.services import record
from apps.legs.assigning import assignment_time
from apps.legs.models import Leg
from apps.legs.moment import Moment
from apps.pricing.fares import with_estimate
from apps.pricing.usage import Usage
from apps.tomp.errors import AssetTaken, IllegalState, Invalid
from apps.tomp.times import FARTHEST_AHEAD


def extend(moment: Moment) -> None:
    """TIME_EXTEND: `time` is the new arrival."""
    leg, arrival = moment.leg, moment.happening.time
    _check_ahead(arrival, moment.now)
    if arrival <= leg.reservation.period.lower:
        raise Invalid("time: an arrival lies after the departure.")
    _move(moment, start=leg.reservation.period.lower, end=arrival)
    leg.arrival_time = arrival
    _keep(moment, ("arrival_time",))


def postpone(moment: Moment) -> None:
    """TIME_POSTPONE: `time` is the new departure; an agreed arrival stays."""
    leg, departure = moment.leg, moment.happening.time
    _check_ahead(departure, moment.now)
    if leg.arrival_time is not None and departure >= leg.arrival_time:
        raise Invalid("time: a departure lies before the agreed arrival.")
    _move(moment, start=departure, end=leg.reservation.period.upper)
    leg.departure_time = departure
    leg.assign_at, leg.lacks_asset_since = assignment_time(leg, moment.profile), None
    _keep(moment, ("departure_time", "assign_at", "lacks_asset_since"))


def _check_ahead(time: datetime, now: datetime) -> None:
    if not now < time <= now + FARTHEST_AHEAD:
        raise Invalid("time lies in the past or more than a year ahead.")


def _move(moment: Moment, *, start: datetime, end: datetime | None) -> None:
    """Reserve for the new period; `IllegalState` where it meets another promise."""
    try:
        with transaction.atomic():
            move(moment.leg.reservation, start=start, end=end, now=moment.now)
    except AssetTaken as error:
        event, state = moment.happening.event, moment.leg.state
        raise IllegalState(f"{event} does not fit a leg that is {state}: the asset is promised then.") from error
    asset = moment.ride.asset_of(moment.leg)
    if asset is not None:
        free(asset, actor=moment.actor, reason=f"leg {moment.leg.pk}", now=moment.now)


def _keep(moment: Moment, changed: tuple[str, ...]) -> None:
    """Write the leg's new times, its new estimate, and the booking's times over all its legs."""
    leg, booking = moment.leg, moment.ride.booking
    leg.fare = _estimated(leg)
    leg.save(update_fields=[*changed, "fare"])
    arrivals = [one.arrival_time for one in moment.ride.legs]
    booking.departure_time = min(one.departure_time for one in moment.ride.legs)
    booking.arrival_time = None if None in arrivals else max(arrival for arrival in arrivals if arrival)
    booking.save(update_fields=["departure_time", "arrival_time"])
    record(leg, moment.happening.event.lower(), actor=moment.actor, reason=moment.happening.comment)


def _estimated(leg: Leg) -> dict[str, object]:
    if leg.arrival_time is None:
        return leg.fare
    seconds = int((leg.arrival_time - (leg.actual_departure_time or leg.departure_time)).total_seconds())
    return with_estimate(leg.fare, Usage(in_use_seconds=seconds, paused_seconds=0, distance_meters=0))
