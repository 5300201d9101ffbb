"""What the clock tells before and after a reservation runs out: reminders, and rides that are over time.

Bookings and legs say themselves when it is time (`reminder_at`, `overtime_at`): set by `apps.legs.times` when the end
is agreed or moved, and taken away once it has been told, so that nothing is told twice.
"""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.assets.models import Reservation
from apps.assets.pools import lock_pool
from apps.assets.reservations import move
from apps.bookings.conversation import GENERAL
from apps.bookings.models import Booking, BookingState, NotificationType
from apps.bookings.notifications import notify
from apps.clock.sweeps import sweep
from apps.history.services import CLOCK
from apps.legs.locks import AssetSwapped, Ride, lock_ride, ride_transaction
from apps.legs.models import UNDER_WAY, Leg
from apps.legs.selectors import over_time
from apps.operator.selectors import operator_basics
from apps.processes.texts import Text, localise
from apps.tomp.errors import AssetTaken
from apps.webhooks.services import is_wanted

RUNS_OUT: Text = {
    "de": "Ihre Reservierung endet um {time}.",
    "en": "Your reservation ends at {time}.",
    "fr": "Votre réservation se termine à {time}.",
    "nl": "Uw reservering loopt om {time} af.",
}
TO_BE_BACK: Text = {
    "de": "Die vereinbarte Ankunft ist um {time}.",
    "en": "The agreed arrival is at {time}.",
    "fr": "L'arrivée convenue est à {time}.",
    "nl": "De afgesproken aankomst is om {time}.",
}
OVER_TIME: Text = {
    "de": "Die vereinbarte Ankunft war um {time}; die Fahrt ist noch nicht beendet.",
    "en": "The agreed arrival was at {time}; the ride has not ended yet.",
    "fr": "L'arrivée convenue était à {time} ; le trajet n'est pas encore terminé.",
    "nl": "De afgesproken aankomst was om {time}; de rit is nog niet beëindigd.",
}
# How far ahead the asset of a ride over time is kept, each time its period runs out.
KEPT_ON = timedelta(minutes=15)


def remind_due(*, limit: int = 500) -> int:
    """Tell travellers, through their MPs, that a reservation or a ride is about to run out; returns how many.

    One transaction each. Whoever comes too late to remind of what is still ahead, says nothing.
    """
    now = timezone.now()
    return sum(sweep("remind of bookings", bookings_to_remind_of(now), _remind_of_booking, limit=limit)) + sum(
        sweep("remind of arrivals", legs_to_remind_of(now), _remind_of_leg, limit=limit)
    )


def bookings_to_remind_of(now: datetime) -> QuerySet[Booking]:
    """Bookings whose reservation is about to run out."""
    return Booking.objects.filter(state=BookingState.CONFIRMED, reminder_at__lte=now)


def legs_to_remind_of(now: datetime) -> QuerySet[Leg]:
    """Legs whose agreed arrival is near."""
    return Leg.objects.filter(state__in=UNDER_WAY, reminder_at__lte=now)


@ride_transaction
def _remind_of_booking(booking_id: UUID) -> bool:
    ride, now = lock_ride(booking_id), timezone.now()
    booking = ride.booking
    if booking.state != BookingState.CONFIRMED or booking.reminder_at is None or booking.reminder_at > now:
        return False
    booking.reminder_at = None
    booking.save(update_fields=["reminder_at"])
    return _remind(ride, ride.legs[0], RUNS_OUT, booking.no_show_at, now)


@ride_transaction
def _remind_of_leg(leg_id: UUID) -> bool:
    ride, now = _ride_of(leg_id), timezone.now()
    leg = ride.leg(leg_id)
    if leg.state not in UNDER_WAY or leg.reminder_at is None or leg.reminder_at > now:
        return False
    leg.reminder_at = None
    leg.save(update_fields=["reminder_at"])
    return _remind(ride, leg, TO_BE_BACK, leg.arrival_time, now)


def _ride_of(leg_id: UUID) -> Ride:
    return lock_ride(Leg.objects.values_list("booking_id", flat=True).get(pk=leg_id))


def _remind(ride: Ride, leg: Leg, text: Text, end: datetime | None, now: datetime) -> bool:
    if end is None or end <= now or not is_wanted(ride.booking, GENERAL):
        return False
    comment = _said(text, end)
    notify(ride.booking, NotificationType.MESSAGE_TO_END_USER, actor=CLOCK, leg_id=leg.pk, comment=comment)
    return True


def _said(text: Text, moment: datetime) -> str:
    """The text in the operator's first language, with the time as its clocks show it."""
    operator = operator_basics()
    local = moment.astimezone(ZoneInfo(operator.time_zone))
    return localise(text, operator.languages[0]).format(time=f"{local:%H:%M}")


def tell_overtime(*, limit: int = 500) -> int:
    """Tell MPs of rides that have gone on for `overtimeMinutes` after their agreed arrival; returns how many.

    USER_OUT_OF_LIMITS, once for each agreed arrival. One transaction each.
    """
    return sum(sweep("tell of rides over time", to_tell_overtime(timezone.now()), _tell_overtime, limit=limit))


def to_tell_overtime(now: datetime) -> QuerySet[Leg]:
    """Legs whose MPs are still to be told that they are over time."""
    return Leg.objects.filter(state__in=UNDER_WAY, overtime_at__lte=now)


@ride_transaction
def _tell_overtime(leg_id: UUID) -> bool:
    ride, now = _ride_of(leg_id), timezone.now()
    leg = ride.leg(leg_id)
    if leg.state not in UNDER_WAY or leg.overtime_at is None or leg.overtime_at > now or leg.arrival_time is None:
        return False
    leg.overtime_at = None
    leg.save(update_fields=["overtime_at"])
    comment = _said(OVER_TIME, leg.arrival_time)
    notify(ride.booking, NotificationType.USER_OUT_OF_LIMITS, actor=CLOCK, leg_id=leg.pk, comment=comment)
    return True


def keep_overdue_assets(*, limit: int = 500) -> int:
    """Keep the assets of rides over time reserved a little longer, as long as nobody else is promised them.

    Returns how many. An asset that is out is not promised anew, for whatever time; but what has been promised may be
    moved, and then has to meet the ride that goes on. Where another promise stands in the way the period stays, and
    staff see that promise among the endangered. One transaction each.
    """
    now = timezone.now()
    due = over_time(Leg.objects.all(), now).filter(reservation__period__endswith__lte=now)
    return sum(sweep("keep overdue assets", due, _keep_on, limit=limit))


@ride_transaction
def _keep_on(leg_id: UUID) -> bool:
    station = Reservation.objects.values_list("station_id", flat=True).get(leg=leg_id)
    lock_pool(station)
    ride, now = _ride_of(leg_id), timezone.now()
    leg = ride.leg(leg_id)
    reservation = leg.reservation
    if reservation.station_id != station:
        raise AssetSwapped
    if leg.state not in UNDER_WAY or reservation.period.upper is None or reservation.period.upper > now:
        return False
    try:
        with transaction.atomic():
            move(reservation, start=reservation.period.lower, end=now + KEPT_ON, now=now)
    except AssetTaken:
        return False
    return True
