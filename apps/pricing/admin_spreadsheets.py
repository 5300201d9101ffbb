"""Pricing plans as rows of a spreadsheet, and their fare parts as rows of another."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from apps.backoffice.spreadsheets import YES, ByItsId, RowsBySeveralFields, TableResource
from apps.pricing.models import FarePart, PricingPlan


class PricingPlanTable(TableResource):
    """A plan in each row, by its id."""

    class Meta(TableResource.Meta):
        model = PricingPlan
        name = _("Pricing plans")
        import_id_fields: ClassVar = ["plan_id"]
        fields = (
            "plan_id",
            "name",
            "description",
            "url",
            "currency",
            "vat_rate",
            "vat_country",
            "charges_started_units",
        )


class FarePartTable(TableResource):
    """A fare part in each row, by its plan and its position there; `delete` takes it away."""

    needs = ("add", "change", "delete")
    plan = Field(attribute="plan", column_name="plan_id", widget=ByItsId(PricingPlan, "plan_id"))
    delete = Field(column_name="delete")

    class Meta(TableResource.Meta):
        model = FarePart
        name = _("Fare parts of plans")
        import_id_fields: ClassVar = ["plan", "position"]
        instance_loader_class = RowsBySeveralFields
        fields = (
            "plan",
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
            "delete",
        )

    def for_delete(self, row: Any, instance: FarePart) -> bool:
        """Does the row take its part away?"""
        return str(row.get("delete") or "").strip().lower() in YES

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Of the plans listed."""
        found = FarePart.objects.filter(plan__in=queryset.order_by().values("pk"))
        return found.select_related("plan").order_by("plan__plan_id", "position", "pk")
