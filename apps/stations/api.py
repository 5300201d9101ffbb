"""/operator/regions and /operator/stations."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.availability import standing_at
from apps.revisions.models import Subject
from apps.stations.geo import read_circle
from apps.stations.selectors import public_stations, regions
from apps.stations.serializers import StationInformationSerializer, SystemRegionSerializer
from apps.stations.wire import region_object, station_object
from apps.tomp.conditional import Told, conditional
from apps.tomp.openapi import (
    CIRCLE_PARAMETERS,
    CONDITIONAL_PARAMETERS,
    NOT_MODIFIED,
    PAGE_PARAMETERS,
    UNCHANGED_PARAMETERS,
    query_parameter,
)
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView


class RegionsView(TompView):
    """/operator/regions."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.REGIONS,)

    @extend_schema(
        operation_id="regions",
        tags=["operator information"],
        parameters=[*PAGE_PARAMETERS, *UNCHANGED_PARAMETERS],
        responses={200: SystemRegionSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The areas with a rule: where we operate, where not to park, where to go slower."""
        page = read_page(request.query_params)

        def tell() -> Told:
            rows, more = regions(page=page, now=timezone.now())
            return Told([region_object(row, self.language) for row in rows], page if more else None)

        return self.told(tell)


class StationsView(TompView):
    """/operator/stations."""

    module = Module.OPERATOR_INFORMATION

    @extend_schema(
        operation_id="stations",
        tags=["operator information"],
        parameters=[
            *PAGE_PARAMETERS,
            *CONDITIONAL_PARAMETERS,
            *CIRCLE_PARAMETERS,
            query_parameter("regionId", "Stations of this region."),
        ],
        responses={200: StationInformationSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The public stations, with what can be hired and how many places are free there now."""
        query = request.query_params
        page = read_page(query)
        rows, more = public_stations(page=page, region_id=query.get("regionId"), circle=read_circle(query))
        standing = standing_at([row["pk"] for row in rows], now=timezone.now())
        body = [
            station_object(
                row, self.language, assets=standing[row["pk"]].assets, available=standing[row["pk"]].available
            )
            for row in rows
        ]
        return conditional(request, body, next_page=page if more else None)
