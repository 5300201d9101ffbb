"""Go-live checks: whether the journeys of an MP's process can be ridden, before the MP rides them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.processes.models import ProfileVersion
from apps.providers.models import Provider


class CheckState(models.TextChoices):
    """How far a check is."""

    ASKED = "ASKED", "waits for its turn"
    RUNNING = "RUNNING", "running"
    PASSED = "PASSED", "passed"
    FAILED = "FAILED", "failed"


class GoLiveCheck(models.Model):
    """One run of the journeys that fit a profile version, in a database of its own (`apps.integration.sandbox`).

    `steps` are the steps that went well, in their order: journey, name, method, path, status, summary, milliseconds.
    Of a step that failed `failed_call` has request and answer.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    profile_version = models.ForeignKey(ProfileVersion, on_delete=models.CASCADE, related_name="+")
    asked_by = models.CharField(max_length=150, help_text="The user name of who asked for it.")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=CheckState, default=CheckState.ASKED)
    alive_at = models.DateTimeField(null=True, help_text="When its worker was last heard of.")
    ended_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=200, blank=True, help_text="What it is at.")
    journeys = models.JSONField(default=list, help_text="Those that fit the profile, by name.")
    steps = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    failed_call = models.JSONField(null=True)

    class Meta:
        verbose_name = "go-live check"
        ordering: ClassVar = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider"],
                name="one_go_live_check_of_an_mp_at_a_time",
                condition=Q(state__in=["ASKED", "RUNNING"]),
            ),
            models.CheckConstraint(
                name="go_live_check_that_failed_says_why", condition=~Q(state="FAILED") | ~Q(failure="")
            ),
        ]
        indexes = [models.Index(fields=["id"], name="go_live_check_open", condition=Q(state__in=["ASKED", "RUNNING"]))]

    def __str__(self) -> str:
        return f"{self.provider}, version {self.profile_version.number}"

    @property
    def is_open(self) -> bool:
        """Has it still to end?"""
        return self.state in (CheckState.ASKED, CheckState.RUNNING)
