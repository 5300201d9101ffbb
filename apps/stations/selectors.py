"""Reading regions and stations as MPs see them: one statement each, rows without model instances."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from apps.stations.geo import Circle
from apps.stations.models import AssetTypeCapacity, Region, Station
from apps.tomp.errors import Invalid
from apps.tomp.paging import Page

Row = dict[str, Any]


def regions_to_come(*, now: datetime) -> QuerySet[Region]:
    """The regions in force or to come, by their id."""
    return Region.objects.filter(Q(area_end_time=None) | Q(area_end_time__gt=now)).order_by("region_id")


def regions(*, page: Page, now: datetime) -> tuple[list[Row], bool]:
    """A page of the regions in force or to come, by their id, and whether there are more."""
    return page.rows(
        regions_to_come(now=now).values(
            "region_id",
            "name",
            "type",
            "type_unit",
            "type_value",
            "area_start_time",
            "area_end_time",
            "service_area",
        )
    )


def every_public_station() -> QuerySet[Any, Any]:
    """The stations anybody may know, by their id, as rows with their places by asset type."""
    return _as_rows(Station.objects.filter(is_public=True))


def public_stations(*, page: Page, region_id: str | None, circle: Circle | None) -> tuple[list[Row], bool]:
    """A page of the stations MPs may know, by their id, and whether there are more.

    Of one region, or within a circle, where asked for. Raises `Invalid` for an unknown region.
    """
    stations: QuerySet[Station] = Station.objects.filter(is_public=True)
    if region_id is not None:
        stations = stations.filter(region__region_id=region_id)
    if circle is not None:
        stations = circle.rows_inside(stations)
    rows, more = page.rows(_as_rows(stations))
    if not rows:
        check_known(region_id=region_id, station_id=None)
    return rows, more


def _as_rows(stations: QuerySet[Station]) -> QuerySet[Any, Any]:
    return (
        stations.order_by("station_id")
        .annotate(
            public_region_id=F("region__region_id"),
            capacities=ArraySubquery(
                AssetTypeCapacity.objects.filter(station=OuterRef("pk"))
                .order_by("asset_type__type_id")
                .values(json=JSONObject(type_id="asset_type__type_id", capacity="capacity"))
            ),
        )
        .values(
            "pk",
            "region",
            "station_id",
            "name",
            "public_region_id",
            "latitude",
            "longitude",
            "street_address",
            "area_reference",
            "postal_code",
            "country",
            "cross_street",
            "contact_phone",
            "parking_type",
            "capacity",
            "is_virtual",
            "is_charging_station",
            "is_valet_station",
            "parking_hoop",
            "station_area",
            "rental_methods",
            "rental_method_other",
            "capacities",
            "is_installed",
            "is_renting",
            "is_returning",
        )
    )


def check_known(*, region_id: str | None, station_id: str | None) -> None:
    """Raise `Invalid` for the first of these ids that no region, or no public station, has."""
    if region_id is not None and not Region.objects.filter(region_id=region_id).exists():
        raise Invalid("regionId: there is no such region.")
    if station_id is not None and not Station.objects.filter(station_id=station_id, is_public=True).exists():
        raise Invalid("stationId: there is no such station.")
