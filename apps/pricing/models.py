"""Pricing plans and their fare parts, TOMP's `systemPricingPlan` and `farePart`."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from i18nfield.fields import I18nCharField, I18nTextField


class FarePartType(models.TextChoices):
    FIXED = "FIXED", "fixed"
    FLEX = "FLEX", "per unit"
    MAX = "MAX", "at most"


class FarePartKind(models.TextChoices):
    DEFAULT = "DEFAULT", "default"
    DISCOUNT = "DISCOUNT", "discount"
    SURGE = "SURGE", "surge"


class UnitType(models.TextChoices):
    KM = "KM", "km"
    SECOND = "SECOND", "second"
    MINUTE = "MINUTE", "minute"
    HOUR = "HOUR", "hour"
    MILE = "MILE", "mile"
    PERCENTAGE = "PERCENTAGE", "percent"


class ScaleType(models.TextChoices):
    KM = "KM", "km"
    MILE = "MILE", "mile"
    HOUR = "HOUR", "hour"
    MINUTE = "MINUTE", "minute"


class FareClass(models.TextChoices):
    FARE = "FARE", "fare"
    ANCILLARY = "ANCILLARY", "ancillary"


class ChargedState(models.TextChoices):
    """TOMP `farePart.assetState`: what the leg must be for the part to count."""

    IN_USE = "IN_USE", "in use"
    PAUSED = "PAUSED", "paused"


class PricingPlan(models.Model):
    """A price list. Bookings copy it, so that editing one never changes what was agreed."""

    plan_id = models.SlugField(max_length=100, unique=True)
    name = I18nCharField(max_length=200)
    description = I18nTextField(help_text="The price in words, as a traveller reads it.")
    url = models.URLField(blank=True)
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, help_text="Percent; amounts include it.")
    vat_country = models.CharField(max_length=2, help_text="ISO 3166-1, two letters.")

    class Meta:
        ordering: ClassVar = ["plan_id"]
        constraints = [
            models.CheckConstraint(
                name="pricing_plan_currency_is_iso_4217", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="pricing_plan_vat_is_a_percentage", condition=Q(vat_rate__gte=0, vat_rate__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class FarePart(models.Model):
    """One line of a plan: a fixed price, a price per unit, or a cap. Amounts include VAT."""

    plan = models.ForeignKey(PricingPlan, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=5, choices=FarePartType)
    kind = models.CharField(max_length=8, choices=FarePartKind, default=FarePartKind.DEFAULT)
    fare_class = models.CharField("class", max_length=9, choices=FareClass, default=FareClass.FARE)
    asset_state = models.CharField(max_length=6, choices=ChargedState, default=ChargedState.IN_USE)
    amount = models.DecimalField(max_digits=12, decimal_places=4)
    units = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    unit_type = models.CharField(max_length=10, choices=UnitType, blank=True)
    scale_from = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    scale_to = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    scale_type = models.CharField(max_length=6, choices=ScaleType, blank=True)
    minimum_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    maximum_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["plan_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="fare_part_units_belong_to_flex",
                condition=Q(type="FLEX", units__gt=0) & ~Q(unit_type="")
                | ~Q(type="FLEX") & Q(units=None, unit_type=""),
            ),
            models.CheckConstraint(
                name="fare_part_discount_is_negative",
                condition=Q(kind="DISCOUNT", amount__lt=0) | ~Q(kind="DISCOUNT") & Q(amount__gte=0),
            ),
            models.CheckConstraint(name="fare_part_is_no_percentage_yet", condition=~Q(unit_type="PERCENTAGE")),
            models.CheckConstraint(
                name="fare_part_has_no_scale_or_range_yet",
                condition=Q(scale_from=None, scale_to=None, scale_type="", minimum_amount=None, maximum_amount=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_type_display()} {self.amount}"

    def clean(self) -> None:
        """Refuse what fares are not yet calculated from, so that no price is promised and then not charged."""
        uncharged = (self.scale_from, self.scale_to, self.minimum_amount, self.maximum_amount)
        if self.scale_type or self.unit_type == UnitType.PERCENTAGE or uncharged != (None,) * len(uncharged):
            raise ValidationError("Scales, percentages and ranges are not charged yet; use FIXED, FLEX and MAX.")
