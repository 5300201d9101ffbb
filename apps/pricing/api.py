"""/operator/pricing-plans."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.pricing.published import published_plans
from apps.pricing.serializers import SystemPricingPlanSerializer
from apps.pricing.surge import latest_change
from apps.pricing.wire import published_plan_object
from apps.revisions.models import Subject
from apps.tomp.conditional import Told
from apps.tomp.openapi import NOT_MODIFIED, PAGE_PARAMETERS, UNCHANGED_PARAMETERS, query_parameter
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView


class PricingPlansView(TompView):
    """/operator/pricing-plans."""

    module = Module.OPERATOR_INFORMATION
    told_from = (Subject.PLANS, Subject.ASSET_TYPES, Subject.STATIONS, Subject.REGIONS, Subject.OPERATOR)

    @extend_schema(
        operation_id="pricing_plans",
        tags=["operator information"],
        parameters=[
            *PAGE_PARAMETERS,
            *UNCHANGED_PARAMETERS,
            query_parameter(
                "regionId", "What can apply in this region: its plans, its stations', those of everywhere."
            ),
            query_parameter(
                "stationId", "What can apply at this station: its plans, its region's, those of everywhere."
            ),
        ],
        responses={200: SystemPricingPlanSerializer(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The plans that can be the price of a departure now, for this MP; of those of a place, one for each."""
        query = request.query_params
        page = read_page(query)
        local = timezone.now().astimezone(ZoneInfo(self.caller.operator.time_zone))

        def tell() -> Told:
            plans = published_plans(
                self.caller.provider.pk, now=local, region_id=query.get("regionId"), station_id=query.get("stationId")
            )
            shown = plans[page.offset : page.offset + page.limit]
            body = [published_plan_object(one, self.language, local) for one in shown]
            return Told(body, page if page.has_next(len(plans)) else None)

        return self.told(tell, since=latest_change(local))
