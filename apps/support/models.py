"""Support requests of travellers, and what was said about each, in order."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.assets.damages.models import Damage
from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.history.models import ActorKind
from apps.legs.models import Leg
from apps.providers.models import Provider


class SupportType(models.TextChoices):
    """TOMP `supportRequest.supportType`."""

    BROKEN_DOWN = "BROKEN_DOWN", "broken down"
    NOT_AT_LOCATION = "NOT_AT_LOCATION", "not at its location"
    MISSING_AFTER_PAUSE = "MISSING_AFTER_PAUSE", "missing after a pause"
    NOT_CLEAN = "NOT_CLEAN", "not clean"
    NOT_AVAILABLE = "NOT_AVAILABLE", "not available"
    UNABLE_TO_OPEN = "UNABLE_TO_OPEN", "cannot be opened"
    UNABLE_TO_CLOSE = "UNABLE_TO_CLOSE", "cannot be closed"
    API_TECHNICAL = "API_TECHNICAL", "API, technical"
    API_FUNCTIONAL = "API_FUNCTIONAL", "API, functional"
    ACCIDENT = "ACCIDENT", "accident"
    OTHER = "OTHER", "other"


class Priority(models.TextChoices):
    """TOMP `supportRequest.priority`."""

    ERROR_CANNOT_CONTINUE = "ERROR_CANNOT_CONTINUE", "cannot continue"
    ERROR_CAN_CONTINUE = "ERROR_CAN_CONTINUE", "can continue"
    DISTURBING_ISSUE = "DISTURBING_ISSUE", "disturbing"
    QUESTION = "QUESTION", "question"
    OTHER = "OTHER", "other"


class SupportState(models.TextChoices):
    """TOMP `supportStatus.status`."""

    PROCESSING = "PROCESSING", "being worked on"
    UPDATE_REQUESTED = "UPDATE_REQUESTED", "waits for the traveller"
    RESOLVED = "RESOLVED", "resolved"
    CANCELLED = "CANCELLED", "closed"


OPEN = [SupportState.PROCESSING, SupportState.UPDATE_REQUESTED]
CLOSED = [SupportState.RESOLVED, SupportState.CANCELLED]


class SupportRequest(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """Something a traveller needs help with. What was said about it, by either side, is in its statuses.

    `reference` is the id the MP asks by: the booking's; of a request without one, the request's own. `location` is a
    TOMP `place` as it came.
    """

    history_kind = "support request"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.UUIDField(editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="support_requests")
    booking = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, related_name="support_requests")
    leg = models.ForeignKey(Leg, on_delete=models.SET_NULL, null=True, related_name="support_requests")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, related_name="support_requests")
    damage = models.ForeignKey(
        Damage, on_delete=models.SET_NULL, null=True, related_name="+", help_text="What it reported on the asset."
    )
    state = FSMField(default=SupportState.PROCESSING, choices=SupportState.choices, protected=True)
    type = models.CharField(max_length=19, choices=SupportType)
    priority = models.CharField(max_length=21, choices=Priority)
    happened_at = models.DateTimeField(null=True, help_text="As the MP says.")
    location = models.JSONField(null=True)
    contact = models.CharField(max_length=500, blank=True, help_text="How to reach the traveller.")
    asset_named = models.CharField(max_length=200, blank=True, help_text="The id read on the asset, as it came.")
    urls = ArrayField(models.URLField(max_length=2000), default=list)
    response_minutes = models.FloatField(null=True, help_text="The response time that was asked for.")
    received_at = models.DateTimeField(default=timezone.now)
    respond_by = models.DateTimeField(help_text="When staff are to have answered.")
    answered_at = models.DateTimeField(null=True, help_text="When staff first answered what was last asked.")
    forgotten_at = models.DateTimeField(null=True, help_text="When what is personal was erased.")
    handled_by = models.CharField(max_length=150, blank=True, help_text="Who of staff is at it.")

    class Meta:
        # Those that wait for an answer first, the one promised earliest at the top: PostgreSQL puts NULL above all.
        ordering: ClassVar = ["-answered_at", "respond_by"]
        constraints = [
            models.CheckConstraint(name="support_request_state_is_known", condition=Q(state__in=SupportState.values)),
            models.CheckConstraint(name="support_request_type_is_known", condition=Q(type__in=SupportType.values)),
            models.CheckConstraint(name="support_request_priority_is_known", condition=Q(priority__in=Priority.values)),
            models.CheckConstraint(
                name="support_request_is_answered_after_it_came",
                condition=Q(answered_at=None) | Q(answered_at__gte=F("received_at")),
            ),
            models.UniqueConstraint(
                fields=["reference", "type"],
                condition=Q(state__in=["PROCESSING", "UPDATE_REQUESTED"]),
                name="support_request_is_open_once_per_type",
            ),
        ]
        indexes = [
            models.Index(fields=["-answered_at", "respond_by"], name="support_request_to_answer_1st"),
            models.Index(fields=["reference"], name="support_request_by_reference"),
            models.Index(
                fields=["received_at"],
                name="support_request_to_forget",
                condition=Q(forgotten_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} ({str(self.pk)[:8]})"

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> uuid.UUID | None:
        return self.booking_id

    def is_overdue(self, now: datetime) -> bool:
        """Has the time passed in which staff were to answer?"""
        return self.answered_at is None and self.respond_by <= now

    @transition(state, OPEN, SupportState.PROCESSING)
    def take_up(self) -> None:
        """Somebody of staff is at it."""

    @transition(state, OPEN, SupportState.UPDATE_REQUESTED)
    def ask(self) -> None:
        """Staff need to know more."""

    @transition(state, OPEN, SupportState.PROCESSING)
    def update(self) -> None:
        """The MP told more."""

    @transition(state, OPEN, SupportState.RESOLVED)
    def resolve(self) -> None:
        """It is solved."""

    @transition(state, OPEN, SupportState.CANCELLED)
    def close(self) -> None:
        """Nothing can or need be done."""


class SupportStatus(models.Model):
    """A step of a support request: who said what, and where that left it. Rows are only ever added.

    `order` counts all steps under one reference. What the traveller wrote, and staff to the traveller, is `comment`:
    the only column that is emptied one day.
    """

    request = models.ForeignKey(SupportRequest, on_delete=models.PROTECT, related_name="statuses")
    reference = models.UUIDField()
    order = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=SupportState)
    minutes_to_resolution = models.PositiveIntegerField(null=True)
    comment = models.TextField(blank=True)
    sender_kind = models.CharField(max_length=10, choices=ActorKind)
    sender_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["reference", "order"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "order"], name="support_status_has_its_own_number"),
            models.CheckConstraint(name="support_status_is_known", condition=Q(state__in=SupportState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_state_display()}"
