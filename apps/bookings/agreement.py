"""When a booking is agreed: at once, by the MP's COMMIT, or by our own answer later.

What runs here is part of a service's transaction, on a locked ride. Source: STATES, "Booking"; PROCESS-IDENTIFIERS,
booking (AUTO_COMMIT, POSTPONED_COMMIT).
"""

from datetime import datetime, timedelta

from apps.assets.reservations import confirm
from apps.history.services import Actor, fire
from apps.legs.locks import Ride
from apps.processes.selectors import Profile

POSTPONED = "conditionPostponedCommit"


def confirm_ride(ride: Ride, *, actor: Actor, reason: str = "") -> None:
    """The booking is CONFIRMED; what was held is reserved for the whole period."""
    ride.booking.expires_at = None
    fire(ride.booking, "commit", actor=actor, reason=reason, save=("expires_at",))
    for leg in ride.legs:
        confirm(leg.reservation)


def postpone_ride(ride: Ride, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """The booking is CONDITIONAL_CONFIRMED: we answer until the ultimate response time agreed in the offer."""
    ride.booking.expires_at = _ultimate_response_time(ride, profile, now)
    fire(ride.booking, "postpone", actor=actor, save=("expires_at",))
    for leg in ride.legs:
        leg.reservation.expires_at = ride.booking.expires_at
        leg.reservation.save(update_fields=["expires_at"])


def _ultimate_response_time(ride: Ride, profile: Profile, now: datetime) -> datetime:
    for leg in ride.legs:
        for condition in leg.conditions:
            if condition["conditionType"] == POSTPONED:
                return datetime.fromisoformat(condition["ultimateResponseTime"])
    return now + timedelta(minutes=profile.setting("postponedResponseMinutes"))
