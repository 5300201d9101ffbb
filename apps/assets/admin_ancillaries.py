"""What can be taken along, and how many there are of it where."""

from django.contrib import admin
from unfold.admin import TabularInline

from apps.assets.models import Ancillary, AncillaryStock
from apps.backoffice.admin_base import BackofficeAdmin


class AncillaryStockInline(TabularInline):
    """So many at a station, or with each asset of a type."""

    model = AncillaryStock
    extra = 0
    autocomplete_fields = ("station", "asset_type")


@admin.register(Ancillary)
class AncillaryAdmin(BackofficeAdmin):
    """A helmet, a child seat: its price and its stock."""

    list_display = ("__str__", "price")
    search_fields = ("category", "number")
    inlines = (AncillaryStockInline,)
    fieldsets = (("Ancillary", {"fields": (("category", "number"), "name", "price")}),)
