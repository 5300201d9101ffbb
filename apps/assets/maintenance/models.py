"""What the workshop is to do to an asset: planned, started, done."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.clock.bounds import within_bounds


class JobState(models.TextChoices):
    """Where a maintenance job is in its life."""

    PLANNED = "PLANNED", "planned"
    RUNNING = "RUNNING", "running"
    DONE = "DONE", "done"
    CANCELLED = "CANCELLED", "cancelled"


OPEN = [JobState.PLANNED, JobState.RUNNING]


class MaintenanceJob(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """Work on one asset. While it runs the asset is out of service, in maintenance.

    One that blocks hire holds its asset for the period planned, by a reservation that lives until the job starts, is
    cancelled, or is planned otherwise: so the asset is promised to nobody then. Any other only says what is to be done.
    """

    history_kind = "maintenance job"

    asset = models.ForeignKey("assets.Asset", on_delete=models.PROTECT, related_name="maintenance_jobs")
    damage = models.ForeignKey(
        "assets.Damage",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="maintenance_jobs",
        help_text="What it repairs, if anything.",
    )
    what = models.CharField(max_length=500, help_text="What is to be done.")
    planned_from = models.DateTimeField()
    planned_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until it is done.")
    blocks_hire = models.BooleanField(default=False, help_text="Promised to nobody in that time.")
    notes = models.TextField(max_length=2000, blank=True)
    state = FSMField(default=JobState.PLANNED, choices=JobState.choices, protected=True)
    reservation = models.OneToOneField(
        "assets.Reservation",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="maintenance_job",
    )
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    planned_by = models.CharField(max_length=170, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    started_by = models.CharField(max_length=170, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False, help_text="When it was done or cancelled.")
    ended_by = models.CharField(max_length=170, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-planned_from", "-id"]
        constraints = [
            models.CheckConstraint(name="maintenance_job_state_is_known", condition=Q(state__in=JobState.values)),
            models.CheckConstraint(name="maintenance_job_is_described", condition=~Q(what="")),
            models.CheckConstraint(
                name="maintenance_job_time_can_be_told", condition=within_bounds("planned_from", "planned_until")
            ),
            models.CheckConstraint(
                name="maintenance_job_ends_after_it_begins",
                condition=Q(planned_until=None) | Q(planned_until__gt=F("planned_from")),
            ),
            models.CheckConstraint(
                name="maintenance_job_that_blocks_hire_holds_its_asset",
                condition=~Q(state="PLANNED", blocks_hire=True) | Q(reservation__isnull=False),
            ),
            models.CheckConstraint(
                name="maintenance_job_runs_once_it_is_started",
                condition=~Q(state="PLANNED") & ~Q(started_at=None)
                | Q(state__in=["PLANNED", "CANCELLED"], started_at=None),
            ),
            models.CheckConstraint(
                name="maintenance_job_is_over_once_it_is_ended",
                condition=Q(state__in=["PLANNED", "RUNNING"], ended_at=None)
                | Q(state__in=["DONE", "CANCELLED"], ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_from"], name="maintenance_job_open", condition=Q(state__in=["PLANNED", "RUNNING"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset}: {self.what}"

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> None:
        return None

    @transition(state, JobState.PLANNED, JobState.RUNNING)
    def start(self) -> None:
        """The asset is in the workshop."""

    @transition(state, JobState.RUNNING, JobState.DONE)
    def finish(self) -> None:
        """What was to be done is done."""

    @transition(state, OPEN, JobState.CANCELLED)
    def cancel(self) -> None:
        """It is not going to be done."""
