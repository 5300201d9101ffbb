"""Leg endpoints."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.damages.selectors import open_damages
from apps.assets.serializers import AssetSerializer
from apps.assets.wire import asset_object
from apps.legs import services
from apps.legs.access import Where
from apps.legs.access.ekeys import with_ekeys
from apps.legs.ancillaries import add_ancillary, remove_ancillary
from apps.legs.models import Leg, LegEventType
from apps.legs.moment import Happening
from apps.legs.selectors import assets_for, leg_of, meters_travelled
from apps.legs.serializers import LegEventSerializer, LegProgressSerializer, LegSerializer
from apps.legs.trails import line_of
from apps.legs.wire import damages_shown, leg_object, progress_object
from apps.processes.selectors import published_profile
from apps.processes.steps import shows_damages
from apps.tomp.conditional import conditional
from apps.tomp.errors import Invalid
from apps.tomp.identifiers import read_id
from apps.tomp.openapi import CONDITIONAL_PARAMETERS, NOT_MODIFIED, PAGE_PARAMETERS
from apps.tomp.paging import read_page
from apps.tomp.views import Module, TompView

# The answers of events that may carry access data.
ACCESS_IN = {
    LegEventType.PREPARE: Where.PREPARE_EVENT,
    LegEventType.ASSIGN_ASSET: Where.ASSIGN_ASSET_EVENT,
    LegEventType.START_FINISHING: Where.START_FINISHING_EVENT,
}


def read_event(fields: dict[str, Any]) -> Happening:
    """A validated `legEvent` as the service takes it."""
    asset = fields.get("asset", {})
    place = asset.get("overriddenProperties", {}).get("location", {})
    coordinates = place.get("coordinates")
    of_user = fields.get("userLocation", {}).get("coordinates")
    return Happening(
        event=fields["event"],
        time=fields["time"],
        comment=fields.get("comment", ""),
        urls=fields.get("url", []),
        asset_id=asset.get("id", ""),
        location=(coordinates["lat"], coordinates["lng"]) if coordinates else None,
        station_id=place.get("stationId", ""),
        user_location=(of_user["lat"], of_user["lng"]) if of_user else None,
    )


class AccessView(TompView):
    """An endpoint whose answers may carry access data."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Put in what another system makes: the transaction is over, that of an `Idempotency-Key` too."""
        if response.status_code < 300 and getattr(response, "data", None):
            response.data = with_ekeys(response.data)
        return super().finalize_response(request, response, *args, **kwargs)


class LegView(AccessView):
    """What the leg endpoints share."""

    module = Module.TRIP_EXECUTION

    def answer(self, leg: Leg, where: Where | None) -> Response:
        """TOMP's `leg`, with access data where the process puts it into this answer."""
        now = timezone.now()
        damages = damages_shown([leg], now=now)
        return Response(leg_object(leg, now=now, language=self.language, where=where, damages=damages))


class OneLegView(LegView):
    """/legs/{id}."""

    @extend_schema(responses={200: LegSerializer}, tags=["trip execution"])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the path parameter's name in the document
        """The leg as it now is."""
        leg = leg_of(self.caller.provider, read_id(id, "leg"))
        now = timezone.now()
        line, damages = line_of(leg, now=now), damages_shown([leg], now=now)
        shown = leg_object(leg, now=now, language=self.language, where=Where.GET_LEG, line=line, damages=damages)
        return Response(shown)


class LegEventsView(LegView):
    """/legs/{id}/events. What its events must hold, the process says under which the booking was made."""

    @extend_schema(request=LegEventSerializer, responses={200: LegSerializer}, tags=["trip execution"])
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Let an event take effect on the leg. PREPARE and START_FINISHING answer what opens or closes it."""
        sent: Any = request.data
        happening = read_event(self.validated(LegEventSerializer, sent))
        leg = services.apply_event(
            leg_id=read_id(id, "leg"),
            happening=happening,
            actor=self.actor,
            provider_id=self.caller.provider.pk,
            body=sent,
        )
        return self.answer(leg, ACCESS_IN.get(LegEventType(happening.event)))


class LegAssetsView(LegView):
    """/legs/{id}/available-assets."""

    @extend_schema(
        responses={200: AssetSerializer(many=True), 304: NOT_MODIFIED},
        parameters=[*PAGE_PARAMETERS, *CONDITIONAL_PARAMETERS],
        tags=["trip execution"],
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """The assets the traveller may choose from; ASSIGN_ASSET takes one."""
        page = read_page(request.query_params)
        leg = leg_of(self.caller.provider, read_id(id, "leg"))
        found, more = page.rows(assets_for(leg, now=timezone.now()))
        profile = published_profile(leg.booking.profile_version_id)
        shown = shows_damages(profile, leg.asset_type.type_id)
        damages = open_damages([asset.pk for asset in found]) if shown else {}
        body = [{**asset_object(asset), "damages": damages.get(asset.pk)} for asset in found]
        return conditional(request, body, next_page=page if more else None)


class LegAncillaryView(LegView):
    """/legs/{id}/ancillaries/{category}/{number}."""

    @extend_schema(request=None, responses={200: LegSerializer}, tags=["trip execution"])
    def post(self, request: Request, id: str, category: str, number: str) -> Response:  # noqa: A002
        """Take one along for the time of the leg; its price joins the fare. Taken already: nothing changes."""
        return self.changed_by(add_ancillary, id, category, number)

    @extend_schema(request=None, responses={200: LegSerializer}, tags=["trip execution"])
    def delete(self, request: Request, id: str, category: str, number: str) -> Response:  # noqa: A002
        """Give it back, before the leg is over. It is not charged."""
        return self.changed_by(remove_ancillary, id, category, number)

    def changed_by(self, service: Callable[..., Leg], leg_id: str, category: str, number: str) -> Response:
        """The leg as taking or giving back left it."""
        leg = service(
            leg_id=read_id(leg_id, "leg"),
            category=category,
            number=number,
            actor=self.actor,
            provider_id=self.caller.provider.pk,
        )
        return self.answer(leg, None)


class LegProgressView(LegView):
    """/legs/{id}/progress."""

    @extend_schema(
        responses={200: LegProgressSerializer},
        parameters=[OpenApiParameter("location-only", bool, description="true: only the coordinates")],
        tags=["trip execution"],
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Where the asset is, and how long and far the leg has gone."""
        only = request.query_params.get("location-only", "false").lower()
        if only not in {"true", "false"}:
            raise Invalid("location-only is neither true nor false.")
        now = timezone.now()
        leg = leg_of(self.caller.provider, read_id(id, "leg"))
        meters = 0 if only == "true" else meters_travelled(leg, now=now)
        return Response(progress_object(leg, now=now, meters=meters, location_only=only == "true"))
