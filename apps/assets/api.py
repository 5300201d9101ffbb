"""/operator/available-assets."""

from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.availability import Filter, available_assets
from apps.assets.serializers import AssetTypeSerializer
from apps.processes.steps import shows_damages
from apps.stations.geo import read_box, read_circle
from apps.tomp.conditional import conditional
from apps.tomp.openapi import (
    BOX_PARAMETER,
    CIRCLE_PARAMETERS,
    CONDITIONAL_PARAMETERS,
    NOT_MODIFIED,
    PAGE_PARAMETERS,
    query_parameter,
)
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView


class AvailableAssetsView(TompView):
    """/operator/available-assets."""

    module = Module.OPERATOR_INFORMATION
    operations = {"GET": "operator.available-assets"}

    @extend_schema(
        operation_id="available_assets",
        tags=["operator information"],
        parameters=[
            *PAGE_PARAMETERS,
            *CONDITIONAL_PARAMETERS,
            BOX_PARAMETER,
            *CIRCLE_PARAMETERS,
            query_parameter("regionId", "Assets inside this region's area."),
            query_parameter("stationId", "Assets standing at this station."),
            query_parameter("assetTypeId", "Assets of this type."),
        ],
        responses={200: AssetTypeSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """What can be hired now, grouped by asset type and station.

        `nrAvailable` counts all of a group that fit the filter. Single assets are listed where the MP's
        process has ASSET_BASED and EXACT_ID; `offset` and `limit` count them, and groups elsewhere. A `Link`
        header leads to the next page.
        """
        query = request.query_params
        page = read_page(query)
        profile = self.caller.profile
        found = available_assets(
            provider_id=self.caller.provider.pk,
            wanted=Filter(
                region_id=query.get("regionId"),
                station_id=query.get("stationId"),
                asset_type_id=query.get("assetTypeId"),
                box=read_box(query),
                circle=read_circle(query),
            ),
            page=page,
            list_assets=profile.has("ASSET_BASED") and profile.has("EXACT_ID"),
            with_damages=partial(shows_damages, profile),
            language=self.language,
            now=timezone.now().astimezone(ZoneInfo(self.caller.operator.time_zone)),
        )
        next_page = page if page.has_next(found.total) else None
        return conditional(request, found.asset_types, next_page=next_page)
