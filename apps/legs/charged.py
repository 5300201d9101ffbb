"""A leg as the journal sees it."""

from datetime import datetime

from apps.legs.models import Leg
from apps.payments.charging import Charged, Fee, cancellation_fee
from apps.processes.selectors import published_profile


def charged(leg: Leg) -> Charged:
    """What is charged for a locked leg, under the process its booking was made under."""
    return Charged(
        booking=leg.booking,
        leg_id=leg.pk,
        fare=leg.fare,
        conditions=leg.conditions,
        profile=published_profile(leg.booking.profile_version_id),
    )


def fee_for_cancelling(leg: Leg, *, now: datetime) -> Fee | None:
    """What whoever cancels an agreed leg now owes by its terms. They speak of rides that have not begun."""
    if leg.actual_departure_time is not None:
        return None
    return cancellation_fee(charged(leg), departure=leg.departure_time, now=now)
