"""What happens to a booking, in the order of STATES, "Booking". Each function is one transaction.

They return the ride as it then is: the booking with its legs and their assets.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.assets.models import AssetState
from apps.assets.reservations import confirm, hold, lock_assets
from apps.bookings.models import WAITING, Booking, BookingState
from apps.history.models import ActorKind
from apps.history.services import CLOCK, Actor, fire
from apps.legs.freeing import drop_legs
from apps.legs.locks import Ride, lock_ride, ride_transaction
from apps.legs.models import Leg
from apps.planning.models import Offer
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.tomp.errors import BookingLimitReached, Expired, IllegalState, InUse, Missing, NotFound
from apps.webhooks.addresses import check_callback_url
from apps.webhooks.services import enqueue


@dataclass(frozen=True)
class BookingRequest:
    """A `bookingRequest` as read; the objects are TOMP's."""

    id: UUID
    from_place: dict[str, Any] | None = None
    to_place: dict[str, Any] | None = None
    customer: dict[str, Any] | None = None
    extra_info: dict[str, Any] | None = None
    callback_url: str = ""


@ride_transaction
def create(*, provider: Provider, profile: Profile, request: BookingRequest, actor: Actor) -> Ride:
    """Make the offer `request.id` a PENDING booking: its asset is frozen until `expires_at`.

    The same id again answers the booking that exists. Raises `NotFound` for an unknown or another MP's
    offer, `Expired` where offer or booking ran out, `AssetTaken` where someone was faster,
    `BookingLimitReached`, and `Invalid` for a callback address that is not the MP's.
    """
    if request.callback_url:
        check_callback_url(provider, request.callback_url)
    now = timezone.now()
    if provider.booking_limit is not None:
        Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    offer = Offer.objects.filter(pk=request.id, provider=provider).first()
    assets = lock_assets([offer.asset_id] if offer is not None and offer.asset_id is not None else [])
    if Booking.objects.filter(pk=request.id, provider=provider).exists():
        return _unless_expired(lock_ride(request.id), now)
    if offer is None:
        raise NotFound("There is no such offer.")
    if offer.valid_until <= now:
        raise Expired("The offer has expired.")
    _check_booking_limit(provider, now)

    asset = assets[offer.asset_id]  # type: ignore[index]  # every offer so far names its asset
    expires_at = now + timedelta(minutes=profile.setting("holdMinutes"))
    reservation = hold(
        asset=asset,
        station=offer.station,
        start=offer.departure_time,
        end=offer.arrival_time,
        expires_at=expires_at,
        now=now,
    )
    booking = Booking.objects.create(
        id=offer.pk,
        provider=provider,
        profile_version_id=offer.profile_version_id,
        expires_at=expires_at,
        departure_time=offer.departure_time,
        arrival_time=offer.arrival_time,
        from_place=offer.from_place,
        to_place=request.to_place or offer.to_place,
        customer=request.customer,
        extra_info=request.extra_info,
        callback_url=request.callback_url,
    )
    leg = Leg.objects.create(
        id=offer.pk,
        booking=booking,
        asset_type=asset.asset_type,
        asset=asset,
        asset_public_id=asset.public_id,
        reservation=reservation,
        from_place=offer.from_place,
        to_place=booking.to_place,
        departure_time=offer.departure_time,
        arrival_time=offer.arrival_time,
        fare=offer.fare,
        conditions=offer.conditions,
    )
    fire(booking, "hold", actor=actor)
    if asset.state == AssetState.AVAILABLE and offer.departure_time <= now:
        fire(asset, "reserve", actor=actor, reason=f"booking {booking.pk}")
    return Ride(booking, [leg], assets)


def _unless_expired(ride: Ride, now: datetime) -> Ride:
    if ride.booking.state_at(now) == BookingState.EXPIRED:
        raise Expired("The booking made from this offer has expired.")
    return ride


def _check_booking_limit(provider: Provider, now: datetime) -> None:
    if provider.booking_limit is None:
        return
    since = now - timedelta(hours=provider.booking_limit_hours)
    if Booking.objects.filter(provider=provider, created_at__gt=since).count() >= provider.booking_limit:
        raise BookingLimitReached(
            f"At most {provider.booking_limit} bookings in {provider.booking_limit_hours} hours are allowed."
        )


@ride_transaction
def commit(*, booking_id: UUID, actor: Actor, provider_id: int | None = None) -> Ride:
    """COMMIT: the hold becomes a reservation for the whole period.

    Raises `IllegalState` for any state but PENDING (the specification answers a second COMMIT with 403), also
    where the clock has passed the expiry and nobody has written that down.
    """
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking = ride.booking
    _refuse_unless(booking, "COMMIT", [BookingState.PENDING])
    booking.expires_at = None
    fire(booking, "commit", actor=actor, save=("expires_at",))
    for leg in ride.legs:
        confirm(leg.reservation)
    return ride


def _refuse_unless(booking: Booking, event: str, states: list[BookingState]) -> None:
    state = booking.state_at(timezone.now())
    if state not in states:
        raise IllegalState(f"{event} does not fit a booking that is {state}.")


@ride_transaction
def cancel(*, booking_id: UUID, actor: Actor, reason: str = "", provider_id: int | None = None) -> Ride:
    """CANCEL, by the MP, its end user or staff; what was held is free again.

    A PENDING booking is RELEASED, a confirmed one CANCELLED. Under way only staff can cancel (`InUse`
    otherwise), and must say why. A cancellation by staff is sent to the MP.
    """
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking = ride.booking
    by_staff = actor.kind == ActorKind.TO
    if booking.state == BookingState.STARTED and not by_staff:
        raise InUse("The booking is in use and can no longer be cancelled.")
    if booking.state == BookingState.STARTED and not reason:
        raise Missing("reason is missing: a ride under way is not cancelled without one.")
    _refuse_unless(booking, "CANCEL", list(CANCEL_TRANSITIONS))
    event = CANCEL_TRANSITIONS[BookingState(booking.state)]
    fire(booking, event, actor=actor, reason=reason)
    drop_legs(ride, actor=actor, reason=reason, now=timezone.now())
    if by_staff:
        _tell(booking, "CANCEL", reason)
    return ride


CANCEL_TRANSITIONS = {
    BookingState.PENDING: "release",
    BookingState.CONDITIONAL_CONFIRMED: "cancel",
    BookingState.CONFIRMED: "cancel",
    BookingState.STARTED: "abort",
}


def _tell(booking: Booking, operation: str, reason: str) -> None:
    """Send a booking operation of ours to the MP. `reason` goes beside the document's own fields."""
    body = {"operation": operation, "origin": ActorKind.TO.value}
    if reason:
        body["reason"] = reason
    enqueue(booking=booking, subject=operation, path=f"/bookings/{booking.pk}/events", body=body)


def expire_due(*, limit: int = 500) -> int:
    """Make the expiry of waiting bookings permanent and free what they held; returns how many.

    They were EXPIRED for every reader from the instant itself; this writes it down. One transaction each.
    """
    due = Booking.objects.filter(state__in=WAITING, expires_at__lte=timezone.now()).order_by("expires_at")
    return sum(_expire(booking_id) for booking_id in due.values_list("pk", flat=True)[:limit])


@ride_transaction
def _expire(booking_id: UUID) -> bool:
    ride = lock_ride(booking_id)
    booking, now = ride.booking, timezone.now()
    if booking.state not in WAITING or booking.expires_at is None or booking.expires_at > now:
        return False
    fire(booking, "expire", actor=CLOCK)
    drop_legs(ride, actor=CLOCK, reason="booking expired", now=now)
    return True
