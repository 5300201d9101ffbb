"""Pricing plans with their parts, and which of them applies where."""

from datetime import time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.backoffice.admin_base import BackofficeAdmin
from apps.backoffice.words import fare_in_words
from apps.operator.admin import OfAPlaceAdmin
from apps.operator.models import Day
from apps.pricing.fares import part_snapshot
from apps.pricing.models import (
    QUARTERS,
    CapPeriod,
    FarePart,
    FarePartKind,
    FarePartType,
    PricingPlan,
    PricingRule,
    UnitType,
)


class FarePartForm(forms.ModelForm):
    """Says in words what the database would refuse. Days are ticked."""

    days = forms.MultipleChoiceField(
        choices=Day.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text=FarePart._meta.get_field("days").help_text,
    )

    class Meta:
        model = FarePart
        fields: ClassVar = [
            "position",
            "name",
            "type",
            "kind",
            "fare_class",
            "asset_state",
            "amount",
            "units",
            "unit_type",
            "scale_from",
            "scale_to",
            "scale_type",
            "minimum_amount",
            "maximum_amount",
            "cap_period",
            "days",
            "start_time",
            "end_time",
        ]

    def clean(self) -> dict[str, Any]:
        """Units belong to prices per unit, scales to prices, ranges to what is no discount; discounts are negative."""
        cleaned = super().clean() or self.cleaned_data
        given = {name for name, value in cleaned.items() if value not in (None, "", [])}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        is_percentage = cleaned.get("unit_type") == UnitType.PERCENTAGE
        for field, wrong, sentence in (
            (
                "units",
                cleaned.get("type") == FarePartType.FLEX and not (cleaned.get("units") and cleaned.get("unit_type")),
                "A price per unit needs its unit and how many of them, such as 1 minute.",
            ),
            (
                "units",
                cleaned.get("type") != FarePartType.FLEX and bool({"units", "unit_type"} & given),
                "Only a price per unit has units.",
            ),
            (
                "amount",
                "amount" in given and (cleaned.get("kind") == FarePartKind.DISCOUNT) != (cleaned["amount"] < 0),
                "A discount is a negative amount, and only a discount is.",
            ),
            (
                "unit_type",
                is_percentage and (cleaned.get("kind") == FarePartKind.DEFAULT or cleaned.get("units") != 1),
                "A percentage is a discount or a surge, of 1 unit: the amount says how many percent.",
            ),
            (
                "scale_type",
                bool({"scale_from", "scale_to"} & given) != ("scale_type" in given),
                "A scale needs its unit and at least one bound.",
            ),
            (
                "scale_type",
                "scale_type" in given and (cleaned.get("type") == FarePartType.MAX or is_percentage),
                "Neither a cap nor a percentage has a scale.",
            ),
            ("scale_to", _goes_down(cleaned, "scale_from", "scale_to"), "A scale goes up."),
            ("scale_to", "scale_to" in given and cleaned["scale_to"] <= 0, "A scale ends above 0."),
            (
                "minimum_amount",
                bool({"minimum_amount", "maximum_amount"} & given)
                and (
                    cleaned.get("type") == FarePartType.MAX
                    or cleaned.get("kind") == FarePartKind.DISCOUNT
                    or is_percentage
                ),
                "Only a price has a minimum or a maximum.",
            ),
            ("maximum_amount", _goes_down(cleaned, "minimum_amount", "maximum_amount"), "Less than the minimum."),
            (
                "cap_period",
                cleaned.get("type") != FarePartType.MAX and cleaned.get("cap_period") == CapPeriod.DAY,
                "Only a cap is of a day.",
            ),
            (
                "days",
                cleaned.get("kind") != FarePartKind.SURGE and bool({"days", "start_time", "end_time"} & given),
                "Only a surge has days and hours.",
            ),
            ("end_time", (start is None) != (end is None), "Give both or neither."),
            ("end_time", start is not None and start == end, "It ends when it begins."),
            ("start_time", not (_is_on_the_quarter(start) and _is_on_the_quarter(end)), "On a quarter of an hour."),
        ):
            if wrong:
                self.add_error(field, sentence)
        return cleaned


def _goes_down(cleaned: dict[str, Any], low: str, high: str) -> bool:
    """Are both bounds given, and the upper one below the lower?"""
    lower, upper = cleaned.get(low), cleaned.get(high)
    return lower is not None and upper is not None and upper < lower


def _is_on_the_quarter(clock: time | None) -> bool:
    return clock is None or (clock.minute in QUARTERS and not clock.second)


class FarePartInline(StackedInline):
    """The lines of a plan, in order."""

    model = FarePart
    form = FarePartForm
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "name"),
                    ("type", "kind", "fare_class"),
                    ("amount", "units", "unit_type"),
                    ("asset_state", "cap_period"),
                    ("scale_from", "scale_to", "scale_type"),
                    ("minimum_amount", "maximum_amount"),
                    ("days", "start_time", "end_time"),
                )
            },
        ),
    )
    extra = 0


@admin.register(PricingPlan)
class PricingPlanAdmin(BackofficeAdmin):
    """Price lists. Bookings keep a copy: editing one never changes what was agreed."""

    list_display = ("plan_id", "name", "price", "vat")
    search_fields = ("plan_id__startswith", "name")
    inlines = (FarePartInline,)
    fieldsets = (
        ("Plan", {"fields": ("plan_id", "name", "description", "url")}),
        ("Currency and VAT", {"fields": (("currency", "charges_started_units"), ("vat_rate", "vat_country"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingPlan]:
        """With their parts."""
        return super().get_queryset(request).prefetch_related("parts")

    @admin.display(description="price")
    def price(self, plan: PricingPlan) -> SafeString | str:
        """Its parts in words."""
        return fare_in_words({"parts": [part_snapshot(part, plan) for part in plan.parts.all()]})

    @admin.display(description="VAT")
    def vat(self, plan: PricingPlan) -> str:
        """Rate and country."""
        return f"{plan.vat_rate.normalize():f} % ({plan.vat_country})"


@admin.register(PricingRule)
class PricingRuleAdmin(OfAPlaceAdmin):
    """Which plan where: in the order of the list, the first that fits a departure wins, else the asset type's own."""

    list_display = ("plan", "asset_type_shown", "place_shown", "provider_shown", "valid_from", "valid_until")
    list_display_links = ("plan", "asset_type_shown")
    list_select_related = ("plan", "asset_type", "region", "station", "provider")
    list_filter = ("plan", "asset_type", "provider", "region")
    autocomplete_fields = ("plan", "asset_type", "region", "station", "provider")
    fieldsets = (
        (
            "Plan",
            {
                "fields": ("plan", ("asset_type", "provider"), ("valid_from", "valid_until")),
                "description": (
                    "Applies instead of the asset type's own plan. A rule for one MP goes before those for all; then a "
                    "station's before its region's before one of everywhere; then an asset type's before one of all."
                ),
            },
        ),
        ("Where", {"fields": (("region", "station"),), "description": "Of one of the two, or everywhere."}),
    )

    @admin.display(description="asset type")
    def asset_type_shown(self, rule: PricingRule) -> str:
        """What it is for."""
        return str(rule.asset_type or "all")

    @admin.display(description="MP")
    def provider_shown(self, rule: PricingRule) -> str:
        """Whom it is for."""
        return str(rule.provider or "all")
