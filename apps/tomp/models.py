"""Answers kept for calls that repeat, and how often an MP has called."""

from django.db import models
from django.utils import timezone

from apps.providers.models import Provider


class IdempotentAnswer(models.Model):
    """What a POST with an `Idempotency-Key` was answered, so that its repetition gets the same."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # SHA-256 over method, path, query and body: all that must be the same for the same answer.
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="idempotency_key_is_answered_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_to_purge")]

    def __str__(self) -> str:
        return f"{self.key} → {self.status}"


class RequestCount(models.Model):
    """How many requests of an MP with a limit were let through in one minute of the clock."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+", db_index=False)
    minute = models.DateTimeField(help_text="Its beginning.")
    requests = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "minute"], name="requests_are_counted_once_a_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}, {self.minute}: {self.requests}"
