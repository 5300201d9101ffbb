"""Bookings: what was agreed with an MP, and where it stands."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.customers.found_by import FoundBy
from apps.customers.models import CustomerAccount
from apps.history.models import ActorKind
from apps.processes.models import ProfileVersion
from apps.providers.models import Provider


class BookingState(models.TextChoices):
    """TOMP `bookingState`."""

    NEW = "NEW", "new"
    PENDING = "PENDING", "pending"
    REJECTED = "REJECTED", "rejected"
    RELEASED = "RELEASED", "released"
    EXPIRED = "EXPIRED", "expired"
    CONDITIONAL_CONFIRMED = "CONDITIONAL_CONFIRMED", "conditionally confirmed"
    CONFIRMED = "CONFIRMED", "confirmed"
    CANCELLED = "CANCELLED", "cancelled"
    STARTED = "STARTED", "started"
    FINISHED = "FINISHED", "finished"


WAITING = [BookingState.PENDING, BookingState.CONDITIONAL_CONFIRMED]
# Agreed and not over: what its legs can be ridden in.
STANDING = [BookingState.CONFIRMED, BookingState.STARTED]
FINAL = [
    BookingState.REJECTED,
    BookingState.RELEASED,
    BookingState.EXPIRED,
    BookingState.CANCELLED,
    BookingState.FINISHED,
]
# What came to nothing, and is not kept for long.
PURGEABLE = [BookingState.EXPIRED, BookingState.RELEASED, BookingState.REJECTED]


class Booking(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """One agreement with an MP. Its id is that of the offer it was made from.

    JSON fields hold TOMP objects as they came: places, the customer, `extraInfo`.
    """

    history_kind = "booking"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="bookings")
    profile_version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="+")
    state = FSMField(default=BookingState.NEW, choices=BookingState.choices, protected=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False, help_text="While it waits for an answer.")
    no_show_at = models.DateTimeField(null=True, editable=False, help_text="When it is cancelled if nobody has come.")
    reminder_at = models.DateTimeField(null=True, editable=False, help_text="When its MP is reminded of that.")
    extended_times = models.PositiveSmallIntegerField(default=0, editable=False)
    extended_minutes = models.PositiveIntegerField(default=0, editable=False)
    departure_time = models.DateTimeField()
    arrival_time = models.DateTimeField(null=True)
    actual_departure_time = models.DateTimeField(null=True)
    actual_arrival_time = models.DateTimeField(null=True)
    from_place = models.JSONField()
    to_place = models.JSONField(null=True)
    customer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    customer_account = models.ForeignKey(
        CustomerAccount, on_delete=models.PROTECT, null=True, editable=False, related_name="bookings"
    )
    extra_info = models.JSONField(null=True)
    callback_url = models.URLField(blank=True, help_text="Where this booking's messages go, if not to the MP's own.")
    forgotten_at = models.DateTimeField(null=True, editable=False, help_text="When its traveller was forgotten.")
    subscribed_at = models.DateTimeField(null=True, editable=False, help_text="Since when the MP wants every message.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="booking_state_is_known", condition=Q(state__in=BookingState.values)),
            models.CheckConstraint(
                name="booking_that_waits_has_an_expiry",
                condition=~Q(state__in=["PENDING", "CONDITIONAL_CONFIRMED"]) | Q(expires_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="booking_to_expire",
                condition=Q(state__in=["PENDING", "CONDITIONAL_CONFIRMED"]),
            ),
            models.Index(fields=["no_show_at"], name="booking_nobody_came", condition=Q(state="CONFIRMED")),
            models.Index(fields=["reminder_at"], name="booking_to_remind_of", condition=Q(state="CONFIRMED")),
            models.Index(
                fields=["expires_at"],
                name="booking_to_purge",
                condition=Q(state__in=["EXPIRED", "RELEASED", "REJECTED"]),
            ),
            GinIndex(FoundBy("customer", "extra_info"), name="booking_is_found_by"),
            models.Index(
                fields=["departure_time"],
                name="booking_to_forget",
                condition=Q(forgotten_at=None, state__in=["REJECTED", "RELEASED", "EXPIRED", "CANCELLED", "FINISHED"]),
            ),
            models.Index(fields=["provider", "-created_at"], name="booking_of_provider"),
            models.Index(fields=["-created_at"], name="booking_newest_first"),
            models.Index(fields=["state", "-created_at"], name="booking_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> uuid.UUID:
        return self.pk

    def state_at(self, moment: datetime) -> str:
        """The state every reader sees at `moment`: past its expiry a waiting booking is EXPIRED."""
        if self.state in WAITING and self.expires_at is not None and self.expires_at <= moment:
            return BookingState.EXPIRED
        return self.state

    # In the order of STATES, "Booking".

    @transition(state, BookingState.NEW, BookingState.PENDING)
    def hold(self) -> None:
        """`POST /bookings`: the asset is frozen until `expires_at`."""

    @transition(state, WAITING, BookingState.CONFIRMED)
    def commit(self) -> None:
        """COMMIT by the MP, or ours on a booking that waited for our answer."""

    @transition(state, BookingState.PENDING, BookingState.CONDITIONAL_CONFIRMED)
    def postpone(self) -> None:
        """The process postpones the commit: our answer comes later."""

    @transition(state, WAITING, BookingState.REJECTED)
    def reject(self) -> None:
        """DENY by staff, or a COMMIT whose conditions are not met."""

    @transition(state, BookingState.PENDING, BookingState.RELEASED)
    def release(self) -> None:
        """CANCEL of a booking that was only held."""

    @transition(state, WAITING, BookingState.EXPIRED)
    def expire(self) -> None:
        """The clock passed `expires_at`."""

    @transition(state, BookingState.CONFIRMED, BookingState.STARTED)
    def start(self) -> None:
        """The first leg was set in use."""

    @transition(state, [BookingState.CONDITIONAL_CONFIRMED, BookingState.CONFIRMED], BookingState.CANCELLED)
    def cancel(self) -> None:
        """CANCEL before the ride; also by cancelling the last leg."""

    @transition(state, BookingState.STARTED, BookingState.FINISHED)
    def finish(self) -> None:
        """The last leg was finished."""

    @transition(state, BookingState.STARTED, BookingState.CANCELLED)
    def abort(self) -> None:
        """CANCEL by the support desk while under way."""


class PurgedBooking(models.Model):
    """That there was a booking, for its MP to hear "gone" instead of "unknown"."""

    id = models.UUIDField(primary_key=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    gone_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class NotificationType(models.TextChoices):
    """TOMP `notification.type`."""

    VEHICLE_NOT_AVAILABLE = "VEHICLE_NOT_AVAILABLE", "vehicle not available"
    USER_NO_SHOW = "USER_NO_SHOW", "user did not show up"
    ETA = "ETA", "estimated time of arrival"
    MESSAGE_TO_DRIVER = "MESSAGE_TO_DRIVER", "message to the driver"
    MESSAGE_TO_END_USER = "MESSAGE_TO_END_USER", "message to the end user"
    USER_OUT_OF_LIMITS = "USER_OUT_OF_LIMITS", "user out of limits"
    OTHER = "OTHER", "other"


class Notification(models.Model):
    """Something that the MP and the operator told each other about a booking. Rows are only ever added.

    `sender_kind` is MP for theirs; ours are of staff (TO) or the clock. `asset` is a TOMP object as it came.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="notifications")
    # By name: legs know bookings, and the module that could be imported lies above this one.
    leg = models.ForeignKey("legs.Leg", on_delete=models.CASCADE, null=True, related_name="notifications")
    type = models.CharField(max_length=21, choices=NotificationType)
    minutes = models.PositiveIntegerField(null=True, help_text="Until arrival at the pick-up point; of an ETA.")
    asset = models.JSONField(null=True)
    comment = models.TextField(blank=True)
    sender_kind = models.CharField(max_length=10, choices=ActorKind)
    sender_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["booking_id", "id"]
        constraints = [
            models.CheckConstraint(name="notification_type_is_known", condition=Q(type__in=NotificationType.values)),
            models.CheckConstraint(
                name="notification_of_an_eta_has_its_minutes", condition=~Q(type="ETA") | Q(minutes__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["booking", "id"], name="notification_of_booking")]

    def __str__(self) -> str:
        return f"{self.type} {self.at:%Y-%m-%d %H:%M:%S}"
