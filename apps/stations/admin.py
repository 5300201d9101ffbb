"""Regions and stations."""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from apps.assets.selectors import with_nothing_to_hire
from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin
from apps.backoffice.badges import badge
from apps.backoffice.import_export import SpreadsheetsMixin
from apps.backoffice.model_words import choices_in_words
from apps.backoffice.widgets import AreaOnMap
from apps.stations.admin_spreadsheets import StationTable
from apps.stations.models import AssetTypeCapacity, Region, RentalMethod, Station


class Shallow(json.JSONDecoder):
    """JSON that is nested deeper than Python can follow is none."""

    def decode(self, s: str, *args: Any) -> Any:
        """As the library does, and raises the same."""
        try:
            return super().decode(s, *args)
        except RecursionError as error:
            raise json.JSONDecodeError("nested too deep", s, 0) from error


class AreaField(forms.JSONField):
    """An area is pasted as GeoJSON; none is an empty field."""

    widget = UnfoldAdminTextareaWidget
    default_error_messages = {"invalid": _("This is no JSON. A bracket, comma or quotation mark may be missing.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(decoder=Shallow, **options)

    def prepare_value(self, value: Any) -> Any:
        """The text of the area."""
        return "" if value is None else super().prepare_value(value)


class RegionForm(forms.ModelForm):
    """The area is drawn on a map, or pasted as GeoJSON."""

    service_area = AreaField(
        widget=AreaOnMap(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=(
            _(
                'Draw it, or paste it: a GeoJSON Polygon, longitude first: {"type": "Polygon", '
                '"coordinates": [[[5.0, 52.0], …]]}'
            )
        ),
    )

    class Meta:
        model = Region
        fields: ClassVar = [
            "region_id",
            "name",
            "type",
            "type_value",
            "type_unit",
            "area_start_time",
            "area_end_time",
            "service_area",
        ]


@admin.register(Region)
class RegionAdmin(BackofficeAdmin):
    """Areas with a rule."""

    when_empty = _("Regions gather stations, such as those of a town, for prices, hours and alerts. Add one.")
    form = RegionForm
    list_display = ("region_id", "name", "type_shown", "area_start_time", "area_end_time")
    list_filter = ("type",)
    search_fields = ("region_id__startswith", "name")
    fieldsets = (
        (_("Region"), {"fields": ("region_id", "name", "type")}),
        (_("Rule"), {"fields": (("type_value", "type_unit"), "area_start_time", "area_end_time")}),
        (_("Area"), {"fields": ("service_area",)}),
    )

    @admin.display(description=_("rule"), ordering="type")
    def type_shown(self, region: Region) -> SafeString:
        """In words."""
        return badge(region.get_type_display(), "blue" if region.type == "OPERATING" else "orange")


class StationForm(forms.ModelForm):
    """The area is pasted, ways to pay are ticked."""

    station_area = AreaField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=Station._meta.get_field("station_area").help_text,
    )
    rental_methods = forms.MultipleChoiceField(
        label=_("Rental methods"),
        required=False,
        choices=choices_in_words(RentalMethod),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=Station._meta.get_field("rental_methods").help_text,
    )


class AssetTypeCapacityInline(InlineMixin, TabularInline):
    """Which types fit how many of its places."""

    when_empty = _("Every type fits every place. Say how many places fit a type, where that is not so.")
    model = AssetTypeCapacity
    extra = 0
    autocomplete_fields = ("asset_type",)


class HireFilter(admin.SimpleListFilter):
    """Stations that assets are to be brought to."""

    title = _("hire")
    parameter_name = "hire"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """There is one list."""
        return [("nothing", gettext("nothing left to hire"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Station]) -> QuerySet[Station]:
        """Stations with nothing to hire at this moment."""
        return with_nothing_to_hire(queryset, timezone.now()) if self.value() == "nothing" else queryset


@admin.register(Station)
class StationAdmin(SpreadsheetsMixin, BackofficeAdmin):
    """Places where assets are picked up and given back."""

    when_empty = _(
        "Stations are where assets are picked up and given back. Add them one by one, or import them from a "
        "spreadsheet."
    )
    tables = (StationTable,)
    form = StationForm
    inlines = (AssetTypeCapacityInline,)
    list_display = ("station_id", "name", "region", "area_reference", "capacity", "is_renting", "is_returning")
    list_filter = (
        "region",
        HireFilter,
        "is_installed",
        "is_renting",
        "is_returning",
        "is_virtual",
        "is_charging_station",
    )
    list_select_related = ("region",)
    search_fields = ("station_id__startswith", "name", "street_address__istartswith", "postal_code")
    fieldsets = (
        (_("Station"), {"fields": ("station_id", "name", "region", ("capacity", "parking_type"))}),
        (
            _("Where"),
            {
                "fields": (
                    ("latitude", "longitude"),
                    "street_address",
                    ("postal_code", "area_reference"),
                    ("country", "contact_phone"),
                    "cross_street",
                    "key_place",
                    "stop_references",
                )
            },
        ),
        (
            _("In use"),
            {
                "fields": (
                    ("is_installed", "is_public"),
                    ("is_renting", "is_returning"),
                    ("is_virtual", "is_charging_station"),
                    ("is_valet_station", "parking_hoop"),
                )
            },
        ),
        (_("More"), {"fields": ("rental_methods", "rental_method_other", "station_area")}),
    )
