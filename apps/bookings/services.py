"""What happens to a booking that exists, in the order of STATES, "Booking". Each function is one transaction.

They return the ride as it then is: the booking with its legs and their assets. How a booking comes to be is in
`apps.bookings.creation`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.bookings.agreement import confirm_ride, postpone_ride, wait_until
from apps.bookings.lifecycle import tell
from apps.bookings.models import STANDING, WAITING, Booking, BookingState, NotificationType
from apps.bookings.notifications import notify
from apps.clock.sweeps import sweep
from apps.customers.models import CustomerState
from apps.history.models import ActorKind
from apps.history.services import CLOCK, Actor, fire, record
from apps.legs.charged import charged
from apps.legs.freeing import drop_legs, owe_for_cancelling
from apps.legs.locks import Ride, lock_ride, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, LegState
from apps.payments.charging import Fee, charge_no_show
from apps.processes.selectors import published_profile
from apps.tomp.errors import Expired, IllegalState, InUse, Missing
from apps.tomp.interruptions import resumable

CANCEL_TRANSITIONS = {
    BookingState.PENDING: "release",
    BookingState.CONDITIONAL_CONFIRMED: "cancel",
    BookingState.CONFIRMED: "cancel",
    BookingState.STARTED: "abort",
}


@resumable
@ride_transaction
def commit(*, booking_id: UUID, actor: Actor, provider_id: int | None = None, reason: str = "") -> Ride:
    """COMMIT: by the MP on a PENDING booking, by staff on one that waits for our answer.

    The MP's makes it CONFIRMED, or CONDITIONAL_CONFIRMED where the process postpones the commit; on one that is
    so already it is accepted and changes nothing. Where its customer has been blocked meanwhile it is REJECTED.
    Ours is sent to the MP. Raises `IllegalState` for any other state, also where the clock has passed the expiry and
    nobody has written that down.
    """
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking, now = ride.booking, timezone.now()
    state = booking.state_at(now)
    if actor.kind == ActorKind.TO:
        _refuse_unless(booking, "COMMIT", [BookingState.CONDITIONAL_CONFIRMED])
        if _customer_is_blocked(booking):
            raise IllegalState(gettext("COMMIT does not fit: the customer is blocked."))
        confirm_ride(ride, actor=actor, now=now, reason=reason)
        tell(booking, "COMMIT", reason)
    elif state != BookingState.CONDITIONAL_CONFIRMED:
        _refuse_unless(booking, "COMMIT", [BookingState.PENDING])
        profile = published_profile(booking.profile_version_id)
        if _customer_is_blocked(booking):
            fire(booking, "reject", actor=actor, reason="the customer is blocked")
            drop_legs(ride, actor=actor, reason="the customer is blocked", now=now)
        elif profile.has("POSTPONED_COMMIT"):
            postpone_ride(ride, profile, actor=actor, now=now)
        else:
            confirm_ride(ride, actor=actor, now=now)
    return ride


def _customer_is_blocked(booking: Booking) -> bool:
    account = booking.customer_account
    return account is not None and account.state == CustomerState.BLOCKED


def _refuse_unless(booking: Booking, event: str, states: list[BookingState]) -> None:
    state = booking.state_at(timezone.now())
    if state not in states:
        raise IllegalState(
            gettext("%(event)s does not fit a booking that is %(state)s.") % {"event": event, "state": state}
        )


@ride_transaction
def deny(*, booking_id: UUID, actor: Actor, reason: str) -> Ride:
    """DENY by staff: a booking that waits for our answer is REJECTED, what it held is free, the MP is told why."""
    if not reason:
        raise Missing(gettext("reason is missing: a booking is not denied without one."))
    ride = lock_ride(booking_id)
    _refuse_unless(ride.booking, "DENY", [BookingState.CONDITIONAL_CONFIRMED])
    fire(ride.booking, "reject", actor=actor, reason=reason)
    drop_legs(ride, actor=actor, reason=reason, now=timezone.now())
    tell(ride.booking, "DENY", reason)
    return ride


@ride_transaction
def cancel(
    *, booking_id: UUID, actor: Actor, reason: str = "", provider_id: int | None = None, with_fee: bool | None = None
) -> Ride:
    """CANCEL, by the MP, its end user or staff; what was held is free again.

    A PENDING booking is RELEASED, a confirmed one CANCELLED, for the agreed fee where that is late: always where the MP
    does so, where staff do only `with_fee`. Under way only staff can cancel (`InUse` otherwise). Staff must say why,
    and the MP is told, the fee too; they can also end a hold, as when its asset is needed.
    """
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking = ride.booking
    by_staff = actor.kind == ActorKind.TO
    if booking.state == BookingState.STARTED and not by_staff:
        raise InUse("The booking is in use and can no longer be cancelled.")
    if by_staff and not reason:
        raise Missing(gettext("reason is missing: staff do not cancel a booking without one."))
    _refuse_unless(booking, "CANCEL", list(CANCEL_TRANSITIONS))
    was_agreed, now = booking.state in STANDING, timezone.now()
    fire(booking, CANCEL_TRANSITIONS[BookingState(booking.state)], actor=actor, reason=reason)
    dropped = drop_legs(ride, actor=actor, reason=reason, now=now)
    fees = owe_for_cancelling(dropped, actor=actor, with_fee=with_fee, now=now) if was_agreed else []
    if by_staff:
        tell(booking, "CANCEL", reason, fee=_told(fees))
    return ride


def _told(fees: Sequence[Fee]) -> dict[str, Any] | None:
    """The sum of the fees of one booking, which are of one currency, as the MP is told it."""
    if not fees:
        return None
    total = sum((fee.amount for fee in fees), Decimal(0))
    return {"amount": float(total), "currencyCode": fees[0].estimate.currency}


@ride_transaction
def extend_expiry(*, booking_id: UUID, actor: Actor, reason: str, provider_id: int | None = None) -> Ride:
    """EXTEND_EXPIRY_TIME: a PENDING booking waits longer, as often and as long as its process grants.

    Each time by the hold's own length, as far as the total allows. Raises `Missing` without a reason (TOMP 1.6.1
    bookingOperation), `Expired` where it is not granted (/bookings/{id}/events: 410) and `IllegalState` where the
    booking no longer waits for the MP.
    """
    if not reason:
        raise Missing("extendReason is missing: more time is asked for with a reason.")
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking = ride.booking
    profile = published_profile(booking.profile_version_id)
    state = booking.state_at(timezone.now())
    if state != BookingState.EXPIRED:
        _refuse_unless(booking, "EXTEND_EXPIRY_TIME", [BookingState.PENDING])
    left = profile.setting("extendMaxMinutes") - booking.extended_minutes
    if (
        state == BookingState.EXPIRED
        or not profile.has("ALLOW_EXTEND_BOOKING_EXPIRY_TIME")
        or booking.extended_times >= profile.setting("extendMaxTimes")
        or left <= 0
    ):
        raise Expired("The expiry of this booking is not extended.")
    minutes = min(profile.setting("holdMinutes"), left)
    booking.extended_times += 1
    booking.extended_minutes += minutes
    wait_until(ride, (booking.expires_at or timezone.now()) + timedelta(minutes=minutes))
    booking.save(update_fields=["extended_times", "extended_minutes", "expires_at"])
    record(booking, "extend_expiry_time", actor=actor, reason=reason)
    return ride


def expire_due(*, limit: int = 500) -> int:
    """Make the expiry of waiting bookings permanent and free what they held; returns how many.

    They were EXPIRED for every reader from the instant itself; this writes it down. One transaction each.
    """
    return sum(sweep("expire bookings", to_expire(timezone.now()), _expire, limit=limit))


def to_expire(now: datetime) -> QuerySet[Booking]:
    """Bookings whose expiry has passed and is still to be made permanent."""
    return Booking.objects.filter(state__in=WAITING, expires_at__lte=now)


def cancel_no_shows(*, limit: int = 500) -> int:
    """Cancel confirmed bookings whose reserve time ran out and nobody came; returns how many. One transaction each.

    Who reported an issue has come, or could not.
    """
    return sum(sweep("cancel no-shows", no_shows(timezone.now()), _cancel_no_show, limit=limit))


def no_shows(now: datetime) -> QuerySet[Booking]:
    """Confirmed bookings for which nobody came in time."""
    due = Booking.objects.filter(state=BookingState.CONFIRMED, no_show_at__lte=now)
    return due.exclude(legs__state=LegState.ISSUE_REPORTED)


@ride_transaction
def _expire(booking_id: UUID) -> bool:
    ride = lock_ride(booking_id)
    booking, now = ride.booking, timezone.now()
    if booking.state not in WAITING or booking.expires_at is None or booking.expires_at > now:
        return False
    fire(booking, "expire", actor=CLOCK)
    drop_legs(ride, actor=CLOCK, reason="booking expired", now=now)
    return True


@ride_transaction
def _cancel_no_show(booking_id: UUID) -> bool:
    ride = lock_ride(booking_id)
    booking, now = ride.booking, timezone.now()
    if booking.state != BookingState.CONFIRMED or booking.no_show_at is None or booking.no_show_at > now:
        return False
    if any(leg.state == LegState.ISSUE_REPORTED for leg in ride.legs):
        return False
    reason = "nobody came"
    fire(booking, "cancel", actor=CLOCK, reason=reason)
    missed = next((leg for leg in ride.legs if leg.state in BEFORE_THE_RIDE), ride.legs[0])
    for leg in drop_legs(ride, actor=CLOCK, reason=reason, now=now):
        charge_no_show(charged(leg))
    notify(booking, NotificationType.USER_NO_SHOW, actor=CLOCK, leg_id=missed.pk, comment=reason)
    tell(booking, "CANCEL", reason)
    return True
