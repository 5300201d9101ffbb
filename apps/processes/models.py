"""Process profiles: how the TOMP process runs with one MP. A draft, and the versions published from it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.providers.models import Provider


def empty_document() -> dict[str, Any]:
    """A profile that says nothing yet, in the shape of `/operator/meta`."""
    return {"processIdentifiers": {}, "steps": {}, "conditions": [], "settings": {}}


class ProcessProfile(models.Model):
    """The draft staff work on. It has no effect until it is published."""

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="process_profile")
    draft = models.JSONField(default=empty_document)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Process of {self.provider}"


class ProfileVersion(models.Model):
    """A published profile, numbered per MP and never changed. The highest number is the one in force."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="profile_versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["provider_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="profile_version_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider}, version {self.number}"
