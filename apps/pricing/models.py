"""Pricing plans and their fare parts, TOMP's `systemPricingPlan` and `farePart`; and where which plan applies."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import formats, timezone
from django.utils.translation import gettext
from i18nfield.fields import I18nCharField, I18nTextField

from apps.clock.bounds import OUT_OF_BOUNDS, within_bounds
from apps.operator.models import Day, OfAPlace
from apps.pricing.part_problems import QUARTERS, problems_of
from apps.providers.models import Provider


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


class CapPeriod(models.TextChoices):
    """What a MAX part caps."""

    LEG = "LEG", "the whole leg"
    DAY = "DAY", "each 24 hours"


class PricingPlan(models.Model):
    """A price list. Bookings copy it, so that editing one never changes what was agreed."""

    plan_id = models.SlugField(max_length=100, unique=True)
    name = I18nCharField(max_length=200)
    description = I18nTextField(help_text="The price in words, as a traveller reads it.")
    url = models.URLField(blank=True)
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, help_text="Percent; amounts include it.")
    vat_country = models.CharField(max_length=2, help_text="ISO 3166-1, two letters.")
    charges_started_units = models.BooleanField(
        default=True, help_text="A minute begun is charged whole; off: its exact share."
    )

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
    """One line of a plan: a fixed price, a price per unit, or a cap. Amounts include VAT.

    One of kind SURGE may be limited to days and hours, on the operator's clocks: it is part of the price of rides that
    begin then (`apps.pricing.surge`).
    """

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
    cap_period = models.CharField("caps", max_length=3, choices=CapPeriod, default=CapPeriod.LEG)
    days = ArrayField(
        models.CharField(max_length=3, choices=Day),
        default=list,
        blank=True,
        help_text="Of a surge: on which days rides that begin then cost more. None: on all.",
    )
    start_time = models.TimeField(
        null=True, blank=True, help_text="Of a surge, on a quarter of an hour. Empty: all day."
    )
    end_time = models.TimeField(null=True, blank=True, help_text="Until then. Before the start: on the day after.")

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
            models.CheckConstraint(
                name="fare_part_percentage_is_a_discount_or_surge",
                condition=~Q(unit_type="PERCENTAGE") | Q(kind__in=["DISCOUNT", "SURGE"], units=1, scale_type=""),
            ),
            models.CheckConstraint(
                name="fare_part_scale_has_bounds_and_a_unit",
                condition=Q(scale_from=None, scale_to=None, scale_type="")
                | ~Q(scale_type="") & ~Q(type="MAX") & (Q(scale_from__isnull=False) | Q(scale_to__isnull=False)),
            ),
            models.CheckConstraint(
                name="fare_part_scale_goes_up",
                condition=Q(scale_from=None)
                | Q(scale_from__gte=0) & (Q(scale_to=None) | Q(scale_to__gte=F("scale_from"))),
            ),
            models.CheckConstraint(
                name="fare_part_scale_ends_above_nothing", condition=Q(scale_to=None) | Q(scale_to__gt=0)
            ),
            models.CheckConstraint(
                name="fare_part_range_is_of_a_price",
                condition=Q(minimum_amount=None, maximum_amount=None)
                | ~Q(type="MAX") & ~Q(kind="DISCOUNT") & ~Q(unit_type="PERCENTAGE"),
            ),
            models.CheckConstraint(
                name="fare_part_range_goes_up",
                condition=(Q(minimum_amount=None) | Q(minimum_amount__gte=0))
                & (Q(minimum_amount=None) | Q(maximum_amount=None) | Q(maximum_amount__gte=F("minimum_amount"))),
            ),
            models.CheckConstraint(
                name="fare_part_maximum_is_no_debt", condition=Q(maximum_amount=None) | Q(maximum_amount__gte=0)
            ),
            models.CheckConstraint(name="fare_part_only_caps_a_day", condition=Q(type="MAX") | Q(cap_period="LEG")),
            models.CheckConstraint(
                name="fare_part_only_a_surge_has_hours",
                condition=Q(kind="SURGE") | Q(days=[], start_time=None, end_time=None),
            ),
            models.CheckConstraint(
                name="fare_part_hours_have_both_ends",
                condition=Q(start_time=None, end_time=None)
                | Q(start_time__isnull=False, end_time__isnull=False) & ~Q(start_time=F("end_time")),
            ),
            models.CheckConstraint(
                name="fare_part_hours_are_on_the_quarter",
                condition=(Q(start_time=None) | Q(start_time__minute__in=QUARTERS, start_time__second=0))
                & (Q(end_time=None) | Q(end_time__minute__in=QUARTERS, end_time__second=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_type_display()} {self.amount}"

    def clean(self) -> None:
        """Raise `ValidationError`, in words, for what the database would refuse."""
        problems = problems_of(self)
        if problems:
            raise ValidationError(problems)


def _same(name: str) -> tuple[Func, str]:
    """Of an exclusion constraint: both rows name the same, or both nothing. As a range, which needs no extension."""
    key = Coalesce(F(name), models.Value(0, output_field=models.BigIntegerField()))
    return Func(key, key, models.Value("[]"), function="int8range"), RangeOperators.OVERLAPS


class PricingRule(OfAPlace):
    """Where, for whom and when a plan applies instead of the asset type's own.

    Of the rules that fit a departure the first wins, in the order of this table: one for the MP before one for all MPs,
    then one of the station before one of its region before one of everywhere, then one of the asset type before one of
    all. Where regions overlap, the one that was made first. What the same rule would say of the same time twice, the
    database refuses.
    """

    plan = models.ForeignKey(PricingPlan, on_delete=models.PROTECT, related_name="rules")
    asset_type = models.ForeignKey(
        "assets.AssetType",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: for every asset type.",
    )
    provider = models.ForeignKey(
        Provider,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="MP",
        help_text="Empty: for every MP.",
    )
    valid_from = models.DateTimeField(null=True, blank=True, help_text="Departures from then on. Empty: all before.")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="Departures before then. Empty: all after.")

    class Meta(OfAPlace.Meta):
        verbose_name = "pricing rule"
        ordering: ClassVar = [
            F("provider").asc(nulls_last=True),
            F("station").asc(nulls_last=True),
            F("region").asc(nulls_last=True),
            F("asset_type").asc(nulls_last=True),
            F("valid_from").asc(nulls_first=True),
            "pk",
        ]
        constraints = [
            *OfAPlace.Meta.constraints,
            models.CheckConstraint(
                name="pricing_rule_time_can_be_told",
                condition=within_bounds("valid_from", "valid_until"),
                violation_error_message=OUT_OF_BOUNDS,
            ),
            models.CheckConstraint(
                name="pricing_rule_is_valid_for_some_time",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                violation_error_message="It ends before it begins.",
            ),
            ExclusionConstraint(
                name="pricing_rule_says_one_thing_at_a_time",
                index_type="GIST",
                expressions=[
                    _same("provider"),
                    _same("station"),
                    _same("region"),
                    _same("asset_type"),
                    (Func(F("valid_from"), F("valid_until"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another rule says what applies there, for the same and at that time.",
            ),
        ]

    def __str__(self) -> str:
        """In one line, as staff read it: what for, where, for whom, since when, until when, and which plan."""
        words = [str(self.asset_type or gettext("every asset type"))]
        if self.station is not None:
            words.append(gettext("station %(station)s") % {"station": self.station})
        elif self.region is not None:
            words.append(gettext("region %(region)s") % {"region": self.region})
        if self.provider is not None:
            words.append(gettext("for %(provider)s") % {"provider": self.provider})
        words += [
            f"{word} {formats.date_format(timezone.localtime(moment), 'j M Y H:i').removesuffix(' 00:00')}"
            for word, moment in ((gettext("since"), self.valid_from), (gettext("until"), self.valid_until))
            if moment is not None
        ]
        return gettext("%(words)s: plan ‘%(plan)s’") % {"words": ", ".join(words), "plan": self.plan.plan_id}
