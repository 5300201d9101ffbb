"""Reading bookings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)

from apps.bookings.absence import absent
from apps.bookings.models import STANDING, WAITING, Booking, BookingState, Notification
from apps.legs.models import Leg
from apps.processes.selectors import setting_column
from apps.providers.models import Provider

LEGS = Prefetch("legs", Leg.objects.select_related("asset", "asset_type"))


def booking_of(provider: Provider, booking_id: UUID) -> Booking:
    """A booking of this MP with its legs, their assets and types; `NotFound` or `Expired` for any other."""
    booking = Booking.objects.filter(pk=booking_id, provider=provider).prefetch_related(LEGS).first()
    if booking is None:
        raise absent(booking_id, provider.pk)
    return booking


def notifications_of(provider: Provider, booking_id: UUID) -> QuerySet[Notification]:
    """What the MP and we told each other about its booking, oldest first; `NotFound` or `Expired` for any other."""
    if not Booking.objects.filter(pk=booking_id, provider=provider).exists():
        raise absent(booking_id, provider.pk)
    return Notification.objects.filter(booking=booking_id).order_by("id")


@dataclass(frozen=True)
class BookingFilter:
    """What `GET /bookings` selects by; every part may be absent. Prices are of the whole trip, VAT included."""

    state: str | None = None
    min_time: datetime | None = None
    max_time: datetime | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    asset_type_id: str | None = None


def in_state(bookings: QuerySet[Booking], state: str, now: datetime) -> QuerySet[Booking]:
    """Those that every reader sees in `state` at `now`: a waiting one past its expiry is among the expired."""
    run_out = Q(state__in=WAITING, expires_at__lte=now)
    if state == BookingState.EXPIRED:
        return bookings.filter(Q(state=state) | run_out)
    return bookings.filter(state=state).exclude(run_out) if state in WAITING else bookings.filter(state=state)


def bookings_of(provider: Provider, wanted: BookingFilter, *, now: datetime) -> QuerySet[Booking]:
    """An MP's bookings that match, newest first, with their legs.

    A time window holds the bookings that overlap it, by actual times where a ride has them. Prices select among
    bookings that have something in the journal. Source: TOMP 1.6.1 GET /bookings.
    """
    found = Booking.objects.filter(provider=provider).prefetch_related(LEGS).order_by("-created_at", "pk")
    if wanted.state is not None:
        found = in_state(found, wanted.state, now)
    if wanted.min_time is not None:
        ended = Q(actual_arrival_time__lt=wanted.min_time) | Q(
            actual_arrival_time=None, arrival_time__lt=wanted.min_time
        )
        found = found.exclude(ended)
    if wanted.max_time is not None:
        found = found.filter(departure_time__lte=wanted.max_time)
    if wanted.asset_type_id is not None:
        found = found.filter(
            Exists(Leg.objects.filter(booking=OuterRef("pk"), asset_type__type_id=wanted.asset_type_id))
        )
    if wanted.min_price is not None or wanted.max_price is not None:
        # Of the journal alone: a join with anything else would count an entry more than once.
        total = Booking.objects.filter(pk=OuterRef("pk")).values("pk").annotate(sum=Sum("journal_entries__amount"))
        found = found.annotate(price=Subquery(total.values("sum")))
        if wanted.min_price is not None:
            found = found.filter(price__gte=wanted.min_price)
        if wanted.max_price is not None:
            found = found.filter(price__lte=wanted.max_price)
    return found


def calls_due(bookings: QuerySet[Booking], now: datetime) -> QuerySet[Booking]:
    """Those whose traveller is to be called now: SUPPLIES_CALL_SERVICE, in good time before the arrival.

    How long before is the setting `callServiceMinutes` of the profile the booking was made under.
    """
    minutes = setting_column("callServiceMinutes", version="profile_version")
    until = ExpressionWrapper(Value(now) + minutes * Value(timedelta(minutes=1)), output_field=DateTimeField())
    return bookings.filter(
        state__in=STANDING,
        profile_version__document__processIdentifiers__tripExecution__contains=["SUPPLIES_CALL_SERVICE"],
        arrival_time__gt=now,
        arrival_time__lte=until,
    )
