"""Pricing plans with their parts."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from apps.backoffice.admin_base import BackofficeAdmin
from apps.backoffice.words import fare_in_words
from apps.pricing.fares import part_snapshot
from apps.pricing.models import FarePart, FarePartKind, FarePartType, PricingPlan


class FarePartForm(forms.ModelForm):
    """Says in words what the database would refuse."""

    class Meta:
        model = FarePart
        fields: ClassVar = ["position", "name", "type", "kind", "amount", "units", "unit_type", "asset_state"]

    def clean(self) -> dict[str, Any]:
        """A price per unit names its unit, no other part has one; discounts are negative."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("type") == FarePartType.FLEX:
            if not cleaned.get("units") or not cleaned.get("unit_type"):
                self.add_error("units", "A price per unit needs its unit and how many of them, such as 1 minute.")
        elif cleaned.get("units") or cleaned.get("unit_type"):
            self.add_error("units", "Only a price per unit has units.")
        amount = cleaned.get("amount")
        if amount is not None and (cleaned.get("kind") == FarePartKind.DISCOUNT) != (amount < 0):
            self.add_error("amount", "A discount is a negative amount, and only a discount is.")
        return cleaned


class FarePartInline(TabularInline):
    """The lines of a plan, in order."""

    model = FarePart
    form = FarePartForm
    fields = ("position", "name", "type", "kind", "amount", "units", "unit_type", "asset_state")
    extra = 0


@admin.register(PricingPlan)
class PricingPlanAdmin(BackofficeAdmin):
    """Price lists. Bookings keep a copy: editing one never changes what was agreed."""

    list_display = ("plan_id", "name", "price", "vat")
    search_fields = ("plan_id__startswith", "name")
    inlines = (FarePartInline,)
    fieldsets = (
        ("Plan", {"fields": ("plan_id", "name", "description", "url")}),
        ("Currency and VAT", {"fields": ("currency", ("vat_rate", "vat_country"))}),
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
