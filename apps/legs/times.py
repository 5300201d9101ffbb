"""Another departure, another arrival, where nobody else is promised the asset then.

TIME_EXTEND and TIME_POSTPONE ask for them by leg; a changed booking (`apps.bookings.changes`) by the whole trip.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext

from apps.assets.reservations import move
from apps.assets.services import free
from apps.bookings.models import WAITING, Booking
from apps.history.services import Actor, record
from apps.legs.assigning import assignment_time
from apps.legs.locks import Ride
from apps.legs.models import Leg
from apps.legs.moment import Moment
from apps.pricing.fares import with_estimate
from apps.pricing.usage import Usage
from apps.processes.selectors import published_profile
from apps.tomp.errors import AssetTaken, IllegalState, Invalid
from apps.tomp.times import FARTHEST_AHEAD


def extend(moment: Moment) -> None:
    """TIME_EXTEND: `time` is the new arrival."""
    arrival = moment.happening.time
    check_ahead(arrival, now=moment.now, field="time")
    if arrival <= moment.leg.reservation.period.lower:
        raise Invalid(gettext("an arrival lies after the departure."), field="time")
    _move(moment, arrival=arrival)


def postpone(moment: Moment) -> None:
    """TIME_POSTPONE: `time` is the new departure; an agreed arrival stays."""
    leg, departure = moment.leg, moment.happening.time
    check_ahead(departure, now=moment.now, field="time")
    if leg.arrival_time is not None and departure >= leg.arrival_time:
        raise Invalid(gettext("a departure lies before the agreed arrival."), field="time")
    _move(moment, departure=departure)


def check_ahead(time: datetime, *, now: datetime, field: str) -> None:
    """Raise `Invalid` of the field for a time that is over or farther ahead than anybody plans."""
    if not now < time <= now + FARTHEST_AHEAD:
        raise Invalid(gettext("this lies in the past or more than a year ahead."), field=field)


def _move(moment: Moment, *, departure: datetime | None = None, arrival: datetime | None = None) -> None:
    """Move the leg, and log the event; `IllegalState` where that meets another promise."""
    leg, event = moment.leg, moment.happening.event
    try:
        reschedule(moment.ride, leg, departure=departure, arrival=arrival, actor=moment.actor, now=moment.now)
    except AssetTaken as error:
        raise IllegalState(
            gettext("%(event)s does not fit a leg that is %(state)s: the asset is promised then.")
            % {"event": event, "state": leg.state}
        ) from error
    record(leg, event.lower(), actor=moment.actor, reason=moment.reason)


def reschedule(
    ride: Ride,
    leg: Leg,
    *,
    actor: Actor,
    now: datetime,
    departure: datetime | None = None,
    arrival: datetime | None = None,
) -> None:
    """Move a leg of a locked ride, in a locked pool, to another departure or arrival; without one it stays as it is.

    Estimates its fare anew, and keeps the booking's times over all its legs. The caller has checked the times and
    logs the change. Raises `AssetTaken` where that meets another promise; the transaction is then not to be kept.
    """
    period = leg.reservation.period
    move(leg.reservation, start=departure or period.lower, end=arrival or period.upper, now=now)
    asset = ride.asset_of(leg)
    if asset is not None:
        free(asset, actor=actor, reason=f"leg {leg.pk}", now=now)
    changed = ["fare"]
    if departure is not None:
        leg.departure_time = departure
        leg.assign_at, leg.lacks_asset_since = _turn(leg, ride.booking), None
        changed += ["departure_time", "assign_at", "lacks_asset_since"]
    if arrival is not None:
        leg.arrival_time = arrival
        changed += ["arrival_time", *watch_arrival(ride.booking, leg, now=now)]
    leg.fare = _estimated(leg)
    leg.save(update_fields=changed)
    _keep_the_whole(ride, now=now, later_start=departure is not None)


def _turn(leg: Leg, booking: Booking) -> datetime | None:
    """When the clock gives the leg an asset; until its booking is confirmed, never."""
    return None if booking.state in WAITING else assignment_time(leg, published_profile(booking.profile_version_id))


def _keep_the_whole(ride: Ride, *, now: datetime, later_start: bool) -> None:
    """The booking's times over all its legs, and how long its traveller is waited for."""
    booking = ride.booking
    arrivals = [one.arrival_time for one in ride.legs]
    booking.departure_time = min(one.departure_time for one in ride.legs)
    booking.arrival_time = None if None in arrivals else max(arrival for arrival in arrivals if arrival)
    if later_start and booking.no_show_at is not None:
        wait_for_traveller(ride, now=now)
    booking.save(update_fields=["departure_time", "arrival_time", "no_show_at", "reminder_at"])


def wait_for_traveller(ride: Ride, *, now: datetime) -> None:
    """Until when whoever has not come is waited for, and when the MP is reminded of it. The caller saves the booking.

    As long after the departure as the process says (`noShowMinutes`); where it says nothing, until the asset types'
    reserve time is over, and for ever where an asset type waits for ever.
    """
    booking = ride.booking
    minutes = published_profile(booking.profile_version_id).setting("noShowMinutes")
    waits = [timedelta(minutes=minutes or leg.asset_type.default_reserve_time) for leg in ride.legs]
    booking.no_show_at = max(booking.departure_time, now) + max(waits) if all(waits) else None
    booking.reminder_at = _reminder(booking, booking.no_show_at, now)


def watch_arrival(booking: Booking, leg: Leg, *, now: datetime) -> tuple[str, ...]:
    """When the MP is reminded of the leg's agreed arrival, and told that it is over time; the fields to save.

    Until its booking is confirmed, never. Source: the settings `reminderMinutes` and `overtimeMinutes`.
    """
    leg.reminder_at = leg.overtime_at = None
    if leg.arrival_time is not None and booking.state not in WAITING:
        leg.reminder_at = _reminder(booking, leg.arrival_time, now)
        minutes = published_profile(booking.profile_version_id).setting("overtimeMinutes")
        leg.overtime_at = leg.arrival_time + timedelta(minutes=minutes) if minutes else None
    return ("reminder_at", "overtime_at")


def _reminder(booking: Booking, end: datetime | None, now: datetime) -> datetime | None:
    """When the MP is reminded of `end`: None where it is not to be, or it is too near by now."""
    minutes = published_profile(booking.profile_version_id).setting("reminderMinutes")
    if not minutes or end is None or end - timedelta(minutes=minutes) <= now:
        return None
    return end - timedelta(minutes=minutes)


def _estimated(leg: Leg) -> dict[str, object]:
    if leg.arrival_time is None:
        return leg.fare
    seconds = int((leg.arrival_time - (leg.actual_departure_time or leg.departure_time)).total_seconds())
    meters = leg.fare.get("estimate", {}).get("usage", {}).get("distance_meters", 0)
    return with_estimate(leg.fare, Usage(in_use_seconds=seconds, paused_seconds=0, distance_meters=meters))
