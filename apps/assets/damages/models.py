"""What is damaged on an asset, until it is repaired."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class VehicleComponent(models.TextChoices):
    """TOMP `damage.vehicleComponent`: where on the asset."""

    FRONT = "FRONT", "front"
    REAR = "REAR", "rear"
    LEFT = "LEFT", "left"
    RIGHT = "RIGHT", "right"
    TOP = "TOP", "top"
    BOTTOM = "BOTTOM", "bottom"
    INTERIOR = "INTERIOR", "interior"
    TIRE = "TIRE", "tire"
    ANCILLARY = "ANCILLARY", "ancillary"
    OTHER = "OTHER", "other"


class Severity(models.TextChoices):
    """What a damage means for hire. Only an UNUSABLE asset is kept from it."""

    COSMETIC = "COSMETIC", "cosmetic"
    MINOR = "MINOR", "can be ridden"
    UNUSABLE = "UNUSABLE", "not to be hired"


class Damage(models.Model):
    """Something broken, dented or missing, open until it is repaired. MPs read it as TOMP's `damage`."""

    asset = models.ForeignKey("assets.Asset", on_delete=models.CASCADE, related_name="damages")
    component = models.CharField("where", max_length=9, choices=VehicleComponent, default=VehicleComponent.OTHER)
    component_name = models.CharField(
        "part", max_length=100, blank=True, help_text="The damaged part in a word, such as light, brake or saddle."
    )
    description = models.TextField(
        max_length=2000, help_text="Shown to travellers where an MP's process shows damages: nothing personal."
    )
    pictures = ArrayField(
        models.URLField(max_length=2000), default=list, blank=True, help_text="Addresses of pictures, comma separated."
    )
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.MINOR)
    reported_at = models.DateTimeField(default=timezone.now, editable=False)
    reported_by = models.CharField(max_length=170, editable=False)
    repaired_at = models.DateTimeField(null=True, editable=False)
    repaired_by = models.CharField(max_length=170, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="damage_component_is_known", condition=Q(component__in=VehicleComponent.values)
            ),
            models.CheckConstraint(name="damage_severity_is_known", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(name="damage_is_described", condition=~Q(description="")),
            models.CheckConstraint(
                name="damage_is_repaired_after_it_was_reported",
                condition=Q(repaired_at=None) | Q(repaired_at__gte=F("reported_at")),
            ),
        ]
        indexes = [models.Index(fields=["asset"], name="damage_open_of_asset", condition=Q(repaired_at=None))]

    def __str__(self) -> str:
        return f"{self.asset}: {self.component_name or self.get_component_display()}"
