"""Planning endpoints: inquiries, offers, and the older /plannings that is both."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.bookings.serializers import BookingSerializer
from apps.planning.party import Party, Traveler
from apps.planning.plan import TravelPlan
from apps.planning.selectors import find_options
from apps.planning.serializers import PlanningRequestSerializer
from apps.planning.services import make_offers
from apps.planning.wire import option_object
from apps.tomp.errors import Invalid
from apps.tomp.fields import TimestampField
from apps.tomp.views import Module, TompView


class PlanningSerializer(serializers.Serializer[Any]):
    """TOMP `planning`."""

    validUntil = TimestampField()
    options = BookingSerializer(many=True)


class PlanningView(TompView):
    """What the three planning endpoints share."""

    module = Module.PLANNING

    def planning(self, request: Request, *, bookable: bool) -> Response:
        """Answer the options for the travel plan, stored as offers where they are to be booked."""
        plan = read_plan(self.validated(PlanningRequestSerializer, request.data))
        now = timezone.now()
        find = make_offers if bookable else find_options
        options = find(
            provider=self.caller.provider,
            profile=self.caller.profile,
            plan=plan,
            language=self.language,
            now=now,
        )
        minutes = self.caller.profile.offer_minutes
        body = {
            "validUntil": options[0].offer.valid_until if options else now + timedelta(minutes=minutes),
            "options": [
                option_object(option, language=self.language, bookable=bookable, name_asset=bool(plan.use_assets))
                for option in options
            ],
        }
        return Response(body, status=status.HTTP_201_CREATED)


def read_plan(fields: dict[str, Any]) -> TravelPlan:
    """A validated `planningRequest` as the selectors take it."""
    return TravelPlan(
        from_place=fields["from"],
        to_place=fields.get("to"),
        radius=fields.get("radius"),
        departure_time=fields.get("departureTime"),
        arrival_time=fields.get("arrivalTime"),
        estimated_distance=fields.get("estimatedDistance"),
        party=_read_party(fields),
        use_assets=tuple(fields.get("useAssets", ())),
        use_asset_types=tuple(fields.get("useAssetTypes", ())),
    )


def _read_party(fields: dict[str, Any]) -> Party:
    """Who travels; who are described travel all, where no number is told."""
    described = tuple(
        Traveler(
            reference=traveler.get("referenceNumber", ""),
            age=traveler.get("age"),
            licenses=frozenset(one["assetClass"] for one in traveler.get("licenseTypes", ())),
            needs=frozenset(
                f"{need['category']}{need['number']}"
                for kind in ("abilities", "bringAlong")
                for need in traveler.get("requirements", {}).get(kind, ())
            ),
        )
        for traveler in fields.get("travelers", ())
    )
    return Party(fields.get("nrOfTravelers", max(1, len(described))), described)


class InquiriesView(PlanningView):
    """POST /planning/inquiries."""

    operations = {"POST": "planning.inquiries"}

    @extend_schema(request=PlanningRequestSerializer, responses={201: PlanningSerializer}, tags=["planning"])
    def post(self, request: Request) -> Response:
        """What could be hired and at what price. Nothing is stored and nothing can be booked by it."""
        return self.planning(request, bookable=False)


class OffersView(PlanningView):
    """POST /planning/offers."""

    operations = {"POST": "planning.offers"}

    @extend_schema(request=PlanningRequestSerializer, responses={201: PlanningSerializer}, tags=["planning"])
    def post(self, request: Request) -> Response:
        """Bookable offers, each with the id a booking is made by. They promise nothing until then."""
        return self.planning(request, bookable=True)


class PlanningsView(PlanningView):
    """POST /plannings, the deprecated form of the other two."""

    operations = {"POST": "planning.plannings"}

    @extend_schema(
        request=PlanningRequestSerializer,
        responses={201: PlanningSerializer},
        parameters=[OpenApiParameter("booking-intent", bool, description="true: bookable offers")],
        tags=["planning"],
        deprecated=True,
    )
    def post(self, request: Request) -> Response:
        """Inquiries, or with `booking-intent=true` offers."""
        intent = request.query_params.get("booking-intent", "false").lower()
        if intent not in {"true", "false"}:
            raise Invalid("booking-intent is neither true nor false.")
        return self.planning(request, bookable=intent == "true")
