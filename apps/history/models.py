"""The transition log: one row for every change of a state, whoever made it."""

from django.db import models
from django.utils import timezone


class ActorKind(models.TextChoices):
    """Who made something happen. The first four are TOMP's `bookingOperation.origin`."""

    TO = "TO", "staff"
    MP = "MP", "MaaS provider"
    END_USER = "END_USER", "end user, through the MP"
    OTHER = "OTHER", "other party"
    CLOCK = "CLOCK", "clock"


class Transition(models.Model):
    """One state change of an asset, a booking or a leg. Rows are only ever added."""

    # Not foreign keys: the log outlives what it tells about and lies below every other room.
    subject_kind = models.CharField(max_length=20, editable=False)
    subject_id = models.CharField(max_length=40, editable=False)
    booking_id = models.UUIDField(null=True, editable=False)
    event = models.CharField(max_length=40, editable=False)
    from_state = models.CharField(max_length=30, editable=False)
    to_state = models.CharField(max_length=30, editable=False)
    actor_kind = models.CharField(max_length=10, choices=ActorKind, editable=False)
    actor_name = models.CharField(max_length=150, blank=True, editable=False)
    reason = models.TextField(blank=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["booking_id", "id"], name="transition_of_booking"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="transition_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.from_state} → {self.to_state}"
