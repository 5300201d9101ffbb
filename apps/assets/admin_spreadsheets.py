"""Assets as rows of a spreadsheet, and what can be read on them."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from apps.assets.models import Asset, AssetIdentifier, AssetType
from apps.backoffice.spreadsheets import ByItsId, Column, RowsBySeveralFields, TableResource
from apps.stations.models import Station

PLACE = ("latitude", "longitude", "station_id")


class AssetTable(TableResource):
    """An asset in each row, by its fleet number. The state is told and never read: what becomes of an asset, its
    buttons and rides decide. An asset keeps its type, as bookings name it.
    """

    code = Field(attribute="code", column_name="asset_code", widget=Column(Asset._meta.get_field("code")))
    asset_type = Field(attribute="asset_type", column_name="asset_type_id", widget=ByItsId(AssetType, "type_id"))
    state = Field(attribute="state", column_name="state", readonly=True)
    station = Field(attribute="station", column_name="station_id", widget=ByItsId(Station, "station_id"))
    home_station = Field(attribute="home_station", column_name="home_station_id", widget=ByItsId(Station, "station_id"))

    class Meta(TableResource.Meta):
        model = Asset
        name = _("Assets")
        import_id_fields: ClassVar = ["code"]
        fields = (
            "code",
            "asset_type",
            "state",
            "latitude",
            "longitude",
            "station",
            "home_station",
            "state_of_charge",
            "mileage",
            "device_id",
            "lock_device_id",
            "key_place",
        )

    def after_init_instance(self, instance: Asset, new: bool, row: Any, **kwargs: Any) -> None:
        """Note what it was before the row was read."""
        self.type_before = None if new else instance.asset_type_id
        self.place_before = [getattr(instance, name) for name in PLACE]

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Raise `ValidationError` for what is refused on the asset's page, and for another type."""
        errors = dict(import_validation_errors or {})
        if self.type_before not in (None, instance.asset_type_id):
            errors["asset_type"] = ValidationError(gettext("An asset keeps its type: bookings name it."))
        super().validate_instance(instance, errors, validate_unique)

    def before_save_instance(self, instance: Asset, row: Any, **kwargs: Any) -> None:
        """A place that staff enter is where the asset is now."""
        if self.place_before != [getattr(instance, name) for name in PLACE]:
            instance.position_at = timezone.now()

    def written(self) -> set[str]:
        """With the moment of the position, which is no column."""
        return super().written() | {"position_at"}


class AssetIdentifierTable(TableResource):
    """What can be scanned or read on an asset, in each row; that row's kind and value name the asset they are on."""

    asset = Field(attribute="asset", column_name="asset_code", widget=ByItsId(Asset, "code"))

    class Meta(TableResource.Meta):
        model = AssetIdentifier
        name = _("What can be read on assets")
        import_id_fields: ClassVar = ["kind", "value"]
        instance_loader_class = RowsBySeveralFields
        fields = ("kind", "value", "asset")

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Of the assets listed."""
        found = AssetIdentifier.objects.filter(asset__in=queryset.order_by().values("pk"))
        return found.select_related("asset").order_by("asset__code", "pk")
