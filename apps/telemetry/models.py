"""What vehicles report: the keys they may do it with, and the trail of where they were."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.assets.models import Asset
from apps.stations.models import LATITUDE_ON_EARTH, LONGITUDE_ON_EARTH


class TelemetryKey(models.Model):
    """A key with which vehicles, or the platform of their maker, report over HTTP.

    Only its SHA-256 is kept; the key itself is shown once, when it is made. It reads
    `telemetry_<prefix>_<secret>`; the prefix finds the row.
    """

    label = models.CharField(max_length=100, help_text="Who reports with it, such as 'scooters of 2026'.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        "expires", null=True, blank=True, help_text="Empty for a key that is valid until it is revoked."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="telemetry_key_expires_after_it_is_made",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"


class TrailPoint(models.Model):
    """Where an asset was, or how far it had gone, at a moment: kept for a limited time only.

    Assets in use leave every reading, parked ones one an hour and the first after a ride.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="trail", db_index=False)
    at = models.DateTimeField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    mileage = models.FloatField(null=True, help_text="km")
    in_use = models.BooleanField(help_text="Read on a ride, or so late that it may have been.")

    class Meta:
        ordering: ClassVar = ["asset_id", "at"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "at"], name="trail_point_is_one_of_its_moment"),
            models.CheckConstraint(
                name="trail_point_lies_on_earth",
                condition=Q(latitude=None, longitude=None) | Q(**LATITUDE_ON_EARTH, **LONGITUDE_ON_EARTH),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="trail_point_by_age")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.at:%Y-%m-%d %H:%M:%S}"
