"""How a booking follows its legs. Called by `apps.legs`, under the locks of `apps.legs.locks`.

Bookings and legs need each other; this is where the knot is tied: legs know this module and the models of
bookings, `apps.bookings.services` knows legs, and nothing points back.
"""

from datetime import datetime

from apps.bookings.models import Booking, BookingState
from apps.history.services import Actor, fire


def leg_set_in_use(booking: Booking, *, actor: Actor, at: datetime) -> None:
    """The first leg set in use starts the booking. Source: STATES, "Booking"."""
    if booking.state == BookingState.CONFIRMED:
        booking.actual_departure_time = at
        fire(booking, "start", actor=actor, save=("actual_departure_time",))


def last_leg_cancelled(booking: Booking, *, actor: Actor, reason: str) -> None:
    """The last leg cancelled cancels the booking."""
    fire(booking, "cancel", actor=actor, reason=reason)


def last_leg_finished(booking: Booking, *, actor: Actor, at: datetime) -> None:
    """The last leg finished finishes the booking."""
    booking.actual_arrival_time = at
    fire(booking, "finish", actor=actor, save=("actual_arrival_time",))
