"""What MPs have called us for, and how it went: single calls, and counts of all of them."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from apps.providers.models import Provider


class Call(models.Model):
    """One call of an MP with its request and answer, personal texts and secrets replaced (`apps.calls.masking`).

    Reads of operator information that went well are not among them: crowds ask for those, and they are counted only.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="calls", db_index=False)
    at = models.DateTimeField(default=timezone.now, help_text="When it was answered.")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500, help_text="Below the API's address, with the query.")
    endpoint = models.CharField(max_length=100, help_text="The path as the API's document has it.")
    status = models.PositiveSmallIntegerField(help_text="HTTP status.")
    error_code = models.PositiveIntegerField(null=True, help_text="TOMP's errorcode; empty where it went well.")
    duration_ms = models.PositiveIntegerField("duration", help_text="Milliseconds until the answer was ready.")
    request_body = models.TextField(blank=True, help_text="JSON; cut where it is long.")
    answer_body = models.TextField(blank=True, help_text="JSON; cut where it is long.")
    request_id = models.CharField(max_length=64, blank=True, help_text="By which our log knows it.")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes = [
            models.Index(fields=["provider", "-id"], name="call_of_provider"),
            models.Index(
                fields=["provider", "-id"], name="call_that_failed", condition=models.Q(error_code__isnull=False)
            ),
            models.Index(fields=["at"], name="call_to_purge"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} → {self.status}"


class CallCount(models.Model):
    """How many calls of an MP in one hour had the same end, and took no longer than `within_ms`."""

    provider: Any = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField(help_text="Its beginning.")
    endpoint = models.CharField(max_length=100)
    status = models.PositiveSmallIntegerField()
    error_code = models.PositiveIntegerField(default=0, help_text="TOMP's errorcode; 0 where it went well.")
    within_ms = models.PositiveIntegerField(help_text="The step of `apps.calls.counting.STEPS_MS` they stayed below.")
    calls = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "hour", "endpoint", "status", "error_code", "within_ms"],
                name="calls_of_a_kind_are_counted_once_an_hour",
            )
        ]
        indexes = [models.Index(fields=["hour"], name="call_count_to_purge")]

    def __str__(self) -> str:
        return f"{self.calls} × {self.endpoint} → {self.status}"
