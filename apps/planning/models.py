"""Offers: what `/planning/offers` hands out. Short-lived, and promising nothing."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from apps.assets.models import Asset, AssetType
from apps.parking.models import ParkedCar
from apps.processes.models import ProfileVersion
from apps.providers.models import Provider
from apps.stations.models import Station


class Offer(models.Model):
    """One bookable option. A booking takes over its id and what was agreed in it.

    What it offers are its legs, which are ridden side by side. `to_place` holds a TOMP `place`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="offers")
    profile_version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField()
    departure_time = models.DateTimeField()
    arrival_time = models.DateTimeField(null=True)
    to_place = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["valid_until"], name="offer_to_purge")]
        constraints = [
            models.CheckConstraint(
                name="offer_arrives_after_it_departs",
                condition=models.Q(arrival_time=None) | models.Q(arrival_time__gt=models.F("departure_time")),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class OfferLeg(models.Model):
    """What an offer holds for one asset: all of it where it has one leg, whose id is then the offer's.

    The legs of a group have ids of their own, which sort as their travellers were named. JSON fields hold TOMP
    objects as they go over the wire: `from_place` a `place`, `fare` a `fare`, `conditions` a list of conditions.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="legs")
    asset_type = models.ForeignKey(AssetType, on_delete=models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, null=True, related_name="+")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, null=True, related_name="+")
    parked_car = models.ForeignKey(ParkedCar, on_delete=models.CASCADE, null=True, related_name="+")
    from_place = models.JSONField()
    fare = models.JSONField()
    conditions = models.JSONField(default=list)
    travelers = ArrayField(models.CharField(max_length=200), default=list, help_text="Their reference numbers.")

    class Meta:
        ordering: ClassVar = ["offer_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "asset"], name="offer_leg_has_an_asset_of_its_own"),
        ]

    def __str__(self) -> str:
        return str(self.id)
