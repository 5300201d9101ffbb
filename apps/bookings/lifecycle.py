"""How a booking follows its legs. Called by `apps.legs`, under the locks of `apps.legs.locks`.

Bookings and legs need each other; this is where the knot is tied: legs know this module and the models of
bookings, `apps.bookings.services` knows legs, and nothing points back.
"""

from datetime import datetime
from typing import Any

from apps.bookings.models import Booking, BookingState
from apps.history.models import ActorKind
from apps.history.services import Actor, fire
from apps.webhooks.services import enqueue


def leg_set_in_use(booking: Booking, *, actor: Actor, at: datetime) -> None:
    """The first leg set in use starts the booking. Source: STATES, "Booking"."""
    if booking.state == BookingState.CONFIRMED:
        booking.actual_departure_time = at
        fire(booking, "start", actor=actor, save=("actual_departure_time",))


def last_leg_cancelled(booking: Booking, *, actor: Actor, reason: str) -> None:
    """The last leg cancelled cancels the booking, also one under way; where staff did it, the MP is told."""
    fire(booking, "abort" if booking.state == BookingState.STARTED else "cancel", actor=actor, reason=reason)
    if actor.kind == ActorKind.TO:
        tell(booking, "CANCEL", reason)


def last_leg_finished(booking: Booking, *, actor: Actor, at: datetime) -> None:
    """The last leg finished finishes the booking."""
    booking.actual_arrival_time = at
    fire(booking, "finish", actor=actor, save=("actual_arrival_time",))


def tell(booking: Booking, operation: str, reason: str, fee: dict[str, Any] | None = None) -> None:
    """Send a booking operation of ours to the MP. `reason`, and the `fee` charged (`amount` and `currencyCode`), go
    beside the document's own fields.
    """
    body: dict[str, Any] = {"operation": operation, "origin": ActorKind.TO.value}
    if reason:
        body["reason"] = reason
    if fee is not None:
        body["fee"] = fee
    enqueue(booking=booking, subject=operation, path=f"/bookings/{booking.pk}/events", body=body)
