"""What can be taken along, and how many there are of it where."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from apps.assets.models import Ancillary, AncillaryStock
from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin


class AncillaryStockInline(InlineMixin, TabularInline):
    """So many at a station, or with each asset of a type."""

    when_empty = _("Say at which station, or with each asset of which type, there are how many; else none is offered.")
    model = AncillaryStock
    extra = 0
    autocomplete_fields = ("station", "asset_type")


@admin.register(Ancillary)
class AncillaryAdmin(BackofficeAdmin):
    """A helmet, a child seat: its price and its stock."""

    when_empty = _("Ancillaries are hired along with an asset, such as a helmet or a child seat. Add what you have.")
    list_display = ("__str__", "price")
    search_fields = ("category", "number")
    inlines = (AncillaryStockInline,)
    fieldsets = ((_("Ancillary"), {"fields": (("category", "number"), "name", "price")}),)
