"""Process identifiers of the module operator information, and of general."""

from django.utils.translation import gettext_lazy as _

from apps.processes.identifiers.base import Identifier

AVAILABLE = ("operator.available-assets",)

OPERATOR_INFORMATION = (
    Identifier(
        "AVAILABILITY_REGION_MANDATORY",
        "R",
        _("Available assets are asked for region by region: the request names a regionId."),
        served_by=AVAILABLE,
    ),
    Identifier(
        "AVAILABILITY_STATION_MANDATORY",
        "R",
        _("Available assets are asked for station by station: the request names a stationId."),
        served_by=AVAILABLE,
    ),
    Identifier(
        "AVAILABILITY_ASSET_TYPE_MANDATORY",
        "R",
        _("Available assets are asked for one asset type at a time: the request names an assetTypeId."),
        served_by=AVAILABLE,
    ),
    Identifier(
        "AVAILABILITY_ON_SPOT",
        "R",
        _("Available assets are asked for around a point: the request has lon, lat and radius."),
        served_by=AVAILABLE,
    ),
)
GENERAL = (
    Identifier(
        "TO_OPERATOR_REQUIRED",
        "R",
        _("Every call says in the header addressed-to that it is meant for us, as calls through a broker must."),
        served_by=("every call",),
    ),
)
