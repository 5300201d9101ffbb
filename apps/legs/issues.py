"""A leg with an issue: a support request has stopped the ride until it is resolved, or ended by the operator.

Its asset and its reservation stay what they are. An issue stops no clock: its time is charged as that of the state
it interrupted, unless staff end the ride at an earlier time. Source: STATES, "Leg".
"""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from apps.bookings.models import STANDING, BookingState
from apps.history.services import Actor, fire
from apps.legs.locks import Ride, lock_leg, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, ISSUE_FIELDS, UNDER_WAY, Leg, LegState
from apps.legs.replacements import withdraw_replacement
from apps.legs.telling import tell_leg
from apps.tomp.errors import IllegalState, Missing


@ride_transaction
def report_issue(*, leg_id: UUID, actor: Actor, reason: str, provider_id: int | None = None) -> Leg:
    """Stop the ride, and return the leg; one that has an issue already stays as it is.

    With `provider_id`, another MP's leg is `NotFound`. Raises `Missing` without a reason, `IllegalState` for a leg
    that is over or whose booking is not agreed.
    """
    if not reason:
        raise Missing(gettext("reason is missing: a ride is not stopped without one."))
    ride, leg = lock_leg(leg_id, provider_id=provider_id)
    if leg.state == LegState.ISSUE_REPORTED:
        return leg
    now = timezone.now()
    if leg.state not in {*BEFORE_THE_RIDE, *UNDER_WAY}:
        raise IllegalState(gettext("An issue does not fit a leg that is %(state)s.") % {"state": leg.state})
    state = ride.booking.state_at(now)
    if state not in STANDING:
        raise IllegalState(gettext("An issue does not fit a leg whose booking is %(state)s.") % {"state": state})
    withdraw_replacement(ride, leg, actor=actor, note="an issue was reported", now=now)
    leg.issue_since = now
    fire(leg, "report_issue", actor=actor, reason=reason, save=ISSUE_FIELDS)
    tell_leg(leg, now=now)
    return leg


@ride_transaction
def resolve_issue(*, leg_id: UUID, actor: Actor, reason: str, provider_id: int | None = None) -> Leg:
    """The ride goes on where it was, and the leg is returned. Who had the issue is waited for that much longer.

    With `provider_id`, another MP's leg is `NotFound`. Raises `Missing` without a reason, `IllegalState` for a leg
    without an issue.
    """
    if not reason:
        raise Missing(gettext("reason is missing: an issue is not resolved without one."))
    ride, leg = lock_leg(leg_id, provider_id=provider_id)
    if leg.issue_since is None:
        raise IllegalState(gettext("No issue is open for this leg; it is %(state)s.") % {"state": leg.state})
    _wait_longer(ride, leg)
    fire(leg, "resolve_issue", actor=actor, reason=reason, save=ISSUE_FIELDS)
    tell_leg(leg, now=timezone.now())
    return leg


def _wait_longer(ride: Ride, leg: Leg) -> None:
    booking = ride.booking
    if booking.state != BookingState.CONFIRMED or booking.no_show_at is None or leg.issue_since is None:
        return
    booking.no_show_at += timezone.now() - leg.issue_since
    booking.save(update_fields=["no_show_at"])
