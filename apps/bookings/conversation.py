"""What the MP and the operator tell each other about a booking, and whether the MP wants to hear all of it.

Source: TOMP 1.6.1 /bookings/{id}/notifications and /bookings/{id}/subscription; PROCESS-IDENTIFIERS, tripExecution
(ETA_NOTIFICATION, GENERAL_NOTIFICATION).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from apps.bookings.absence import absent
from apps.bookings.models import STANDING, WAITING, Booking, Notification, NotificationType
from apps.bookings.notifications import GENERAL, notify
from apps.history.services import Actor, record
from apps.legs.locks import Ride, lock_ride, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, Leg
from apps.tomp.errors import IllegalState, Invalid, Missing
from apps.webhooks.addresses import check_callback_url
from apps.webhooks.services import is_wanted

ETA = "ETA_NOTIFICATION"
# States in which something can still happen to a booking.
OPEN = [*WAITING, *STANDING]
ARRIVED = "Arrived"


@dataclass(frozen=True)
class Told:
    """A `notification` as read; `asset` is a TOMP object, `leg_id` as it came."""

    kind: NotificationType
    minutes: int | None = None
    asset: dict[str, Any] | None = None
    comment: str = ""
    leg_id: str = ""


@transaction.atomic
def receive(*, booking_id: UUID, provider_id: int, told: Told, actor: Actor) -> Notification:
    """Keep what an MP tells us about its booking, in whatever state that is.

    Raises `Missing` for an ETA without `minutes` and where several legs leave open which is meant, `Invalid` for
    a leg that is not the booking's, `NotFound` for another MP's booking,
    `Expired` for one that is no longer kept.
    """
    # Locked, so that it is not purged while its notification is written.
    booking = Booking.objects.select_for_update(of=("self",), no_key=True)
    booking = booking.filter(pk=booking_id, provider_id=provider_id).first()
    if booking is None:
        raise absent(booking_id, provider_id)
    if told.kind == NotificationType.ETA and told.minutes is None:
        raise Missing("minutes is missing: an ETA tells them.")
    return Notification.objects.create(
        booking=booking,
        leg_id=_leg_meant(booking, told.leg_id),
        type=told.kind,
        minutes=told.minutes,
        asset=told.asset,
        comment=told.comment,
        sender_kind=actor.kind,
        sender_name=actor.name,
    )


def _leg_meant(booking: Booking, leg_id: str) -> UUID | None:
    legs = {str(pk): pk for pk in Leg.objects.filter(booking=booking).values_list("pk", flat=True)}
    if leg_id:
        if leg_id.lower() not in legs:
            raise Invalid("legId: the booking has no such leg.")
        return legs[leg_id.lower()]
    if len(legs) > 1:
        raise Missing("legId is missing: the booking has several legs.")
    return None


@ride_transaction
def tell_eta(*, booking_id: UUID, leg_id: UUID, minutes: int, actor: Actor, comment: str = "") -> Notification:
    """ETA to the MP: in how many minutes the asset is at a leg's pick-up point; at zero it has arrived.

    Raises `IllegalState` where the MP does not ask for it or the leg is not one to wait for.
    """
    ride = lock_ride(booking_id)
    _check_open(ride)
    if not is_wanted(ride.booking, ETA):
        raise IllegalState(gettext("The MP does not ask for ETA notifications."))
    leg = next((one for one in ride.legs if one.pk == leg_id), None)
    if leg is None or leg.state not in BEFORE_THE_RIDE:
        raise IllegalState(gettext("There is no leg that still waits for its asset."))
    if not comment and minutes == 0:
        comment = ARRIVED
    return notify(ride.booking, NotificationType.ETA, actor=actor, leg_id=leg_id, minutes=minutes, comment=comment)


@ride_transaction
def tell_end_user(*, booking_id: UUID, leg_id: UUID, message: str, actor: Actor) -> Notification:
    """A message to the traveller, through the MP.

    Raises `IllegalState` where the MP does not take such messages or the booking is over.
    """
    ride = lock_ride(booking_id)
    _check_open(ride)
    if not is_wanted(ride.booking, GENERAL):
        raise IllegalState(gettext("The MP does not take messages to its travellers."))
    return notify(ride.booking, NotificationType.MESSAGE_TO_END_USER, actor=actor, leg_id=leg_id, comment=message)


def _check_open(ride: Ride) -> None:
    state = ride.booking.state_at(timezone.now())
    if state not in OPEN:
        raise IllegalState(gettext("The booking is %(state)s.") % {"state": state})


@ride_transaction
def subscribe(*, booking_id: UUID, provider_id: int, actor: Actor, callback_url: str = "") -> Booking:
    """The MP wants every message of this booking from now on, at `callback_url` where it names one.

    Once more changes nothing. Raises `IllegalState` for a booking that is over, `Invalid` for an address that is
    not the MP's.
    """
    ride = lock_ride(booking_id, provider_id=provider_id)
    booking = ride.booking
    _check_open(ride)
    if callback_url:
        check_callback_url(booking.provider, callback_url, name="webhook")
    changed = []
    if booking.subscribed_at is None:
        booking.subscribed_at = timezone.now()
        changed.append("subscribed_at")
    if callback_url and callback_url != booking.callback_url:
        booking.callback_url = callback_url
        changed.append("callback_url")
    if changed:
        booking.save(update_fields=changed)
        record(booking, "subscribe", actor=actor)
    return booking


@ride_transaction
def unsubscribe(*, booking_id: UUID, provider_id: int, actor: Actor) -> Booking:
    """The MP wants only what its process asks for; also once the booking is over, and once more changes nothing."""
    booking = lock_ride(booking_id, provider_id=provider_id).booking
    if booking.subscribed_at is not None:
        booking.subscribed_at = None
        booking.save(update_fields=["subscribed_at"])
        record(booking, "unsubscribe", actor=actor)
    return booking
