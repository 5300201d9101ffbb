"""The outbox: messages to MPs, written in the transaction that caused them and delivered later."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.bookings.models import Booking
from apps.providers.models import Provider


class DeliveryState(models.TextChoices):
    """What became of a message."""

    PENDING = "PENDING", "to be delivered"
    DELIVERED = "DELIVERED", "delivered"
    FAILED = "FAILED", "failed, parked"
    DROPPED = "DROPPED", "dropped, no longer news"


class OutboxMessage(models.Model):
    """One request to an MP. Its ids grow in the order of writing, which is the order per booking.

    `body` is a snapshot of the TOMP object sent. `key` goes along as `Idempotency-Key`. A message with `latest_of`
    tells the latest of something that changes all the time: only the newest is worth sending.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="outbox")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, related_name="outbox")
    subject = models.CharField(max_length=50, help_text="What it says, such as CANCEL.")
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=300, help_text="The TOMP path, below the MP's base URL.")
    base_url = models.URLField(blank=True, help_text="The booking's own callback URL; empty for the MP's.")
    body = models.JSONField()
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, help_text="A worker is at it until then.")
    emptied_at = models.DateTimeField(null=True, help_text="When what is personal was taken out of it.")
    delivered_at = models.DateTimeField(null=True)
    latest_of = models.UUIDField(null=True, help_text="The leg whose progress it tells.")
    answer_wanted = models.BooleanField(default=False, help_text="It is a question: its answer is kept.")
    answer = models.TextField(blank=True, help_text="The body that the MP answered with, or how it began.")

    history_kind = "message"

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["latest_of"], name="outbox_latest_never_queues_behind_itself", condition=Q(state="PENDING")
            )
        ]
        indexes = [
            models.Index(
                fields=["provider", "next_attempt_at"],
                name="outbox_due_of_provider",
                condition=Q(state="PENDING"),
            ),
            models.Index(
                fields=["provider", "leased_until"],
                name="outbox_leased",
                condition=Q(state="PENDING", leased_until__isnull=False),
            ),
            models.Index(fields=["booking", "id"], name="outbox_pending_of_booking", condition=Q(state="PENDING")),
            models.Index(fields=["booking", "id"], name="outbox_of_booking"),
            models.Index(fields=["subject", "-id"], name="outbox_by_subject"),
            models.Index(fields=["created_at"], name="outbox_failed", condition=Q(state="FAILED")),
            models.Index(fields=["provider"], name="outbox_failed_of_provider", condition=Q(state="FAILED")),
            models.Index(
                fields=["created_at"],
                name="outbox_to_empty",
                condition=Q(emptied_at=None) & ~Q(state="PENDING"),
            ),
            models.Index(fields=["created_at"], name="outbox_latest_by_age", condition=Q(latest_of__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.provider}"

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> uuid.UUID | None:
        return self.booking_id


class DeliveryAttempt(models.Model):
    """One try at delivering a message, and how it ended."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="delivery_attempts")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; empty where none came.")
    error = models.CharField(max_length=500, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["message_id", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
