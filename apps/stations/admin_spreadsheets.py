"""Stations as rows of a spreadsheet."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from apps.backoffice.spreadsheets import ByItsId, TableResource
from apps.stations.models import Region, Station


class StationTable(TableResource):
    """A station in each row, by its id."""

    region = Field(attribute="region", column_name="region_id", widget=ByItsId(Region, "region_id"))

    class Meta(TableResource.Meta):
        model = Station
        name = _("Stations")
        import_id_fields: ClassVar = ["station_id"]
        fields = (
            "station_id",
            "name",
            "region",
            "latitude",
            "longitude",
            "street_address",
            "postal_code",
            "area_reference",
            "country",
            "cross_street",
            "stop_references",
            "contact_phone",
            "key_place",
            "parking_type",
            "capacity",
            "is_virtual",
            "is_charging_station",
            "is_installed",
            "is_renting",
            "is_returning",
            "is_public",
        )
