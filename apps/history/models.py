"""The transition log, one row for every change of a state, whoever made it; what staff changed, row by row, and
which of their forms have been sent.
"""

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


class ChangeKind(models.TextChoices):
    """What was done to a row: the trigger's words."""

    INSERT = "INSERT", "added"
    UPDATE = "UPDATE", "changed"
    DELETE = "DELETE", "deleted"


class Change(models.Model):
    """A row of some table as staff changed it. Written by triggers (`apps.history.auditing`); only ever added.

    `before` and `after` hold the columns that differ, by name; what is secret or personal is hidden in them.
    """

    at = models.DateTimeField(editable=False)
    staff = models.CharField("by", max_length=150, editable=False)
    subject_table = models.CharField("what", max_length=63, editable=False)
    subject_id = models.CharField("id", max_length=40, editable=False)
    kind = models.CharField(max_length=6, choices=ChangeKind, editable=False)
    before = models.JSONField(editable=False)
    after = models.JSONField(editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject_table", "subject_id", "id"], name="change_of_subject"),
            models.Index(fields=["staff", "id"], name="change_by_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_table} {self.subject_id} {self.get_kind_display()}"


class PressedButton(models.Model):
    """The form of a button that staff have sent, by its token: what it asked for is done. Rows are only ever added."""

    token = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    def __str__(self) -> str:
        return str(self.token)
