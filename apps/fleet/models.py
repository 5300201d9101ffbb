"""Bulk changes: many assets taken out of service, returned to it or labelled at once, and what became of each."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from apps.assets.label_layouts import Layout
from apps.assets.models import Asset


class BulkAction(models.TextChoices):
    """What is done to each asset; the values of those that change its state are the events of its service."""

    MAINTENANCE = "start_maintenance", "Into maintenance"
    CHARGING = "start_charging", "Charge"
    RELOCATION = "start_relocation", "Relocate"
    MISSING = "report_missing", "Report missing"
    RETIREMENT = "retire", "Retire"
    SERVICE = "return_to_service", "Return to service"
    LABELS = "print_labels", "Print labels"


class BulkState(models.TextChoices):
    """How far a bulk change is."""

    DRAFT = "DRAFT", "not begun"
    RUNNING = "RUNNING", "under way"
    DONE = "DONE", "done"
    STOPPED = "STOPPED", "stopped"


class Outcome(models.TextChoices):
    """What became of one asset."""

    WAITING = "WAITING", "waits for its turn"
    DONE = "DONE", "done"
    SKIPPED = "SKIPPED", "left as it was"
    FAILED = "FAILED", "failed"
    STOPPED = "STOPPED", "stopped before its turn"


class Why(models.TextChoices):
    """Why an asset was left as it was, or what more was done to it."""

    ALREADY = "ALREADY", "it was so already"
    IN_SERVICE = "IN_SERVICE", "in service already"
    IN_USE = "IN_USE", "in use"
    RETIRED = "RETIRED", "retired"
    JOB = "JOB", "a maintenance job is not over"
    PROMISED = "PROMISED", "promised to a booking"
    NOT_SHOWN = "NOT_SHOWN", "promised to a booking that was not shown before"
    NO_CODE = "NO_CODE", "without a QR code"
    CODE_MADE = "CODE_MADE", "a QR code was made"
    CANCELLED = "CANCELLED", "its bookings were cancelled"
    REFUSED = "REFUSED", "refused"
    BROKEN = "BROKEN", "something is wrong with the software: see its log"


class BulkChange(models.Model):
    """What one member of staff wants done to many assets, asked once.

    It begins as a draft, whose consequences are shown. `seen` are the bookings that were shown last, and `shown` counts
    how often others were; only those are cancelled, and only with `cancelling`. `layout` and `make_codes` are about
    labels.
    """

    action = models.CharField(max_length=20, choices=BulkAction)
    state = models.CharField(max_length=7, choices=BulkState, default=BulkState.DRAFT)
    total = models.PositiveIntegerField(help_text="How many assets were chosen.")
    asked_by = models.CharField(max_length=150, help_text="The user name of who asked for it.")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, blank=True, help_text="The user name of who stopped it.")
    reason = models.CharField(max_length=500, blank=True)
    cancelling = models.BooleanField(default=False, help_text="Whether the bookings that were shown are cancelled.")
    seen = ArrayField(models.UUIDField(), default=list)
    shown = models.PositiveIntegerField(default=0)
    layout = models.CharField(max_length=6, choices=Layout, blank=True)
    make_codes = models.BooleanField(default=False, help_text="Whether assets without a QR code get one.")

    class Meta:
        verbose_name = "bulk change"
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="bulk_change_says_why", condition=Q(state="DRAFT") | Q(action="print_labels") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="bulk_change_ends_once",
                condition=Q(state__in=["DRAFT", "RUNNING"], ended_at=None)
                | Q(state__in=["DONE", "STOPPED"], ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="bulk_change_under_way", condition=Q(state="RUNNING")),
            models.Index(fields=["asked_at"], name="bulk_change_not_begun", condition=Q(state="DRAFT")),
            models.Index(fields=["ended_at"], name="bulk_change_ended", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        told = ngettext("%(action)s: %(count)s asset", "%(action)s: %(count)s assets", self.total)
        return told % {"action": gettext(self.get_action_display()), "count": self.total}

    @property
    def is_open(self) -> bool:
        """Has it begun, and still to end?"""
        return self.state == BulkState.RUNNING


class BulkChangeAsset(models.Model):
    """One asset of a bulk change, and what became of it. It is settled once."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="assets")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="bulk_changes")
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    detail = models.CharField(max_length=500, blank=True, help_text="Which bookings, or what the refusal says.")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "asset of a bulk change"
        verbose_name_plural = "assets of bulk changes"
        constraints = [
            models.UniqueConstraint(fields=["change", "asset"], name="asset_is_once_in_a_bulk_change"),
            models.CheckConstraint(
                name="asset_left_as_it_was_says_why", condition=~Q(outcome__in=["SKIPPED", "FAILED"]) | ~Q(why="")
            ),
        ]
        indexes = [
            models.Index(fields=["change"], name="bulk_change_asset_waiting", condition=Q(outcome="WAITING")),
            models.Index(fields=["-change", "-id"], name="bulk_change_asset_as_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.asset}: {gettext(self.get_outcome_display())}"


class LabelSheets(models.Model):
    """The labels that a bulk change printed: a PDF."""

    change = models.OneToOneField(BulkChange, on_delete=models.CASCADE, related_name="label_sheets")
    content = models.BinaryField()

    class Meta:
        verbose_name = "label sheets"
        verbose_name_plural = "label sheets"

    def __str__(self) -> str:
        return f"Labels of {self.change}"
