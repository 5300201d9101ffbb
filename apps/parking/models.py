"""Cars of others that are parked with us, known by their licence plates."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.assets.models import AssetClass, AssetType
from apps.stations.models import Station


class ParkedCar(models.Model):
    """One stay of a car: from when it was parked until it left, or its bill was picked up.

    It is paid for by the asset type's pricing plan. Whoever picks the bill up has a leg that points here, and there is
    never a second one. The plate is personal: kept for `PLATE_DAYS` after the stay, then empty (`apps.legs.plates`).
    """

    history_kind = "parked car"

    plate = models.CharField(
        "licence plate",
        max_length=20,
        help_text="Kept in capitals, without spaces and dashes; forgotten some time after the stay.",
    )
    asset_type = models.ForeignKey(
        AssetType,
        on_delete=models.PROTECT,
        related_name="parked_cars",
        limit_choices_to={"asset_class": AssetClass.PARKING},
        help_text="Of the class PARKING: its pricing plan is the tariff.",
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="parked_cars")
    since = models.DateTimeField("parked since", default=timezone.now)
    ended_at = models.DateTimeField("stay ended", null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["plate"],
                condition=Q(ended_at=None),
                name="parked_car_is_parked_once_at_a_time",
            ),
            models.CheckConstraint(
                name="parked_car_plate_is_written_in_one_way",
                condition=Q(plate__regex=r"^[^[:space:][:punct:][:lower:]]+$") | Q(plate="", ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="parked_car_leaves_after_it_came", condition=Q(ended_at=None) | Q(ended_at__gte=F("since"))
            ),
        ]
        indexes = [
            models.Index(fields=["ended_at"], name="parked_car_plate_to_forget", condition=~Q(plate="")),
        ]

    def __str__(self) -> str:
        return f"car parked {self.since:%Y-%m-%d %H:%M:%S}"  # the admin's own log keeps this for good: no plate in it

    @property
    def state(self) -> str:
        """For the log: it has no states but these."""
        return "PARKED" if self.ended_at is None else "LEFT"

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> None:
        return None
