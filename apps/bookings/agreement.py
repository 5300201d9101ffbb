"""When a booking is agreed: at once, by the MP's COMMIT, or by our own answer later.

What runs here is part of a service's transaction, on a locked ride. Source: STATES, "Booking"; PROCESS-IDENTIFIERS,
booking (AUTO_COMMIT, POSTPONED_COMMIT).
"""

from datetime import datetime, timedelta

from apps.assets.reservations import keep
from apps.assets.tickets import draw
from apps.history.services import Actor, fire
from apps.legs.assigning import assignment_time
from apps.legs.charged import charged
from apps.legs.locks import Ride
from apps.legs.remote_locks import unlock_at_commit
from apps.legs.times import wait_for_traveller, watch_arrival
from apps.payments.charging import charge_at_commit
from apps.processes.conditions import POSTPONED
from apps.processes.selectors import Profile, published_profile
from apps.tomp.errors import Expired


def confirm_ride(ride: Ride, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """The booking is CONFIRMED; what was held is reserved for the whole period.

    Whoever has not come when the asset type's reserve time has run out after the departure, comes no more. Raises
    `AssetTaken` where a leg needs a ticket and none is left, and `LockNeeded` where the process unlocks at COMMIT.
    """
    booking = ride.booking
    booking.expires_at = None
    wait_for_traveller(ride, now=now)
    fire(booking, "commit", actor=actor, reason=reason, save=("expires_at", "no_show_at", "reminder_at"))
    profile = published_profile(booking.profile_version_id)
    _draw_tickets(ride, profile, now=now)
    for leg in ride.legs:
        keep(leg.reservation, until=None)
        charge_at_commit(charged(leg))
        leg.assign_at = assignment_time(leg, profile)
        changed = ("assign_at", *watch_arrival(booking, leg, now=now))
        if any(getattr(leg, name) is not None for name in changed):
            leg.save(update_fields=changed)
    unlock_at_commit(ride)


def wait_until(ride: Ride, moment: datetime) -> None:
    """The booking waits for an answer until `moment`, and so does what it holds. The caller saves the booking."""
    ride.booking.expires_at = moment
    for leg in ride.legs:
        keep(leg.reservation, until=moment)


def postpone_ride(ride: Ride, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """The booking is CONDITIONAL_CONFIRMED: we answer until the ultimate response time agreed in the offer.

    Raises `Expired` where that has passed.
    """
    until = _ultimate_response_time(ride, profile, now)
    if until <= now:
        raise Expired("The time by which we would have had to answer has passed.")
    wait_until(ride, until)
    fire(ride.booking, "postpone", actor=actor, save=("expires_at",))


def _ultimate_response_time(ride: Ride, profile: Profile, now: datetime) -> datetime:
    for leg in ride.legs:
        for condition in leg.conditions:
            if condition["conditionType"] == POSTPONED:
                return datetime.fromisoformat(condition["ultimateResponseTime"])
    return now + timedelta(minutes=profile.setting("postponedResponseMinutes"))


def _draw_tickets(ride: Ride, profile: Profile, *, now: datetime) -> None:
    """Give each leg its ticket, where the process gives access by tickets. Raises `AssetTaken` where none is left."""
    if profile.has("ACCESS_TICKETSTOCK"):
        for leg in ride.legs:
            draw(leg.reservation, now=now)
