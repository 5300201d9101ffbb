"""Pricing plans with their parts, and which of them applies where."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin
from apps.backoffice.import_export import SpreadsheetsMixin
from apps.backoffice.model_words import choices_in_words
from apps.backoffice.words import fare_in_words
from apps.operator.admin import OfAPlaceAdmin
from apps.operator.models import Day
from apps.pricing.admin_spreadsheets import FarePartTable, PricingPlanTable
from apps.pricing.fares import part_snapshot
from apps.pricing.models import FarePart, PricingPlan, PricingRule


class FarePartForm(forms.ModelForm):
    """Days are ticked."""

    days = forms.MultipleChoiceField(
        label=_("Days"),
        choices=choices_in_words(Day),
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


class FarePartInline(InlineMixin, StackedInline):
    """The lines of a plan, in order."""

    when_empty = _(
        "A plan without parts costs nothing. Add what it charges, such as an amount at the start and one for each "
        "minute."
    )
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
class PricingPlanAdmin(SpreadsheetsMixin, BackofficeAdmin):
    """Price lists. Bookings keep a copy: editing one never changes what was agreed."""

    when_empty = _(
        "A plan says what a ride costs. Add one, or import several from a spreadsheet, and choose it in an asset type."
    )
    list_display = ("plan_id", "name", "price", "vat")
    search_fields = ("plan_id__startswith", "name")
    inlines = (FarePartInline,)
    tables = (PricingPlanTable, FarePartTable)
    fieldsets = (
        (_("Plan"), {"fields": ("plan_id", "name", "description", "url")}),
        (_("Currency and VAT"), {"fields": (("currency", "charges_started_units"), ("vat_rate", "vat_country"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingPlan]:
        """With their parts."""
        return super().get_queryset(request).prefetch_related("parts")

    @admin.display(description=_("price"))
    def price(self, plan: PricingPlan) -> SafeString | str:
        """Its parts in words."""
        return fare_in_words({"parts": [part_snapshot(part, plan) for part in plan.parts.all()]})

    @admin.display(description=_("VAT"))
    def vat(self, plan: PricingPlan) -> str:
        """Rate and country."""
        return f"{plan.vat_rate.normalize():f} % ({plan.vat_country})"


@admin.register(PricingRule)
class PricingRuleAdmin(OfAPlaceAdmin):
    """Which plan where: in the order of the list, the first that fits a departure wins, else the asset type's own."""

    when_empty = _(
        "Without rules each asset type costs what its own plan says. Add a rule where another plan is to apply."
    )
    list_display = ("plan", "asset_type_shown", "place_shown", "provider_shown", "valid_from", "valid_until")
    list_display_links = ("plan", "asset_type_shown")
    list_select_related = ("plan", "asset_type", "region", "station", "provider")
    list_filter = ("plan", "asset_type", "provider", "region")
    autocomplete_fields = ("plan", "asset_type", "region", "station", "provider")
    fieldsets = (
        (
            _("Plan"),
            {
                "fields": ("plan", ("asset_type", "provider"), "valid_from", "valid_until"),
                "description": (
                    _(
                        "Applies instead of the asset type's own plan. A rule for one MP goes before those for "
                        "all; then a station's before its region's before one of everywhere; then an asset "
                        "type's before one of all."
                    )
                ),
            },
        ),
        (_("Where"), {"fields": (("region", "station"),), "description": _("Of one of the two, or everywhere.")}),
    )

    @admin.display(description=_("asset type"))
    def asset_type_shown(self, rule: PricingRule) -> str:
        """What it is for."""
        return str(rule.asset_type or "all")

    @admin.display(description=_("MP"))
    def provider_shown(self, rule: PricingRule) -> str:
        """Whom it is for."""
        return str(rule.provider or "all")
