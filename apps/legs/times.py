"""TIME_EXTEND and TIME_POSTPONE: another arrival, another departure, where nobody else is promised the asset then."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.assets.pools import check_pool
from apps.history.services import record
from apps.legs.models import Leg
from apps.legs.moment import Moment
from apps.pricing.fares import Usage, with_estimate
from apps.tomp.errors import AssetTaken, IllegalState, Invalid

FARTHEST_AHEAD = timedelta(days=366)


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
    _keep(moment, ("departure_time",))


def _check_ahead(time: datetime, now: datetime) -> None:
    if not now < time <= now + FARTHEST_AHEAD:
        raise Invalid("time lies in the past or more than a year ahead.")


def _move(moment: Moment, *, start: datetime, end: datetime | None) -> None:
    """Reserve for the new period; `IllegalState` where it meets another promise."""
    reservation, event = moment.leg.reservation, moment.happening.event
    reservation.period = DateTimeTZRange(start, end, "[)")
    try:
        with transaction.atomic():
            reservation.save(update_fields=["period"])
            if reservation.station_id is not None:
                check_pool(reservation, station_id=reservation.station_id, now=moment.now)
    except (IntegrityError, AssetTaken) as error:
        raise IllegalState(
            f"{event} does not fit a leg that is {moment.leg.state}: someone else has been promised the asset then."
        ) from error


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
