"""Support endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assets.damages.models import VehicleComponent
from apps.assets.damages.services import ReportedDamage
from apps.support.receiving import Asked, receive
from apps.support.selectors import statuses_of
from apps.support.serializers import SupportRequestSerializer, SupportStatusSerializer
from apps.support.wire import status_object
from apps.tomp.identifiers import read_id
from apps.tomp.views import Module, TompView


def read_request(fields: dict[str, Any]) -> Asked:
    """A validated `supportRequest` as the service takes it."""
    return Asked(
        reference=read_id(fields["id"], "booking") if "id" in fields else None,
        kind=fields.get("supportType", ""),
        priority=fields.get("priority", ""),
        location=fields.get("location"),
        time=fields.get("time"),
        contact=fields.get("contactInformationEndUser", ""),
        comment=fields.get("comment", ""),
        response_minutes=fields.get("requestedResponseTime"),
        damage=_read_damage(fields["damage"]) if "damage" in fields else None,
        urls=tuple(fields.get("urls", [])),
        asset_named=fields.get("assetId", ""),
    )


def _read_damage(damage: dict[str, Any]) -> ReportedDamage:
    return ReportedDamage(
        component=VehicleComponent(damage["vehicleComponent"]),
        description=damage["description"],
        component_name=damage.get("vehicleComponentName", ""),
        pictures=damage.get("pictures", []),
    )


class SupportView(TompView):
    """/support/."""

    module = Module.SUPPORT

    @extend_schema(request=SupportRequestSerializer, responses={200: SupportStatusSerializer}, tags=["support"])
    def post(self, request: Request) -> Response:
        """Ask for help, report a damage, or tell more about what was asked before. The same again changes nothing."""
        asked = read_request(self.validated(SupportRequestSerializer, request.data))
        caller = self.caller
        status = receive(provider=caller.provider, profile=caller.profile, asked=asked, actor=self.actor)
        return Response(status_object(status))


class SupportStatusView(TompView):
    """/support/{id}/status."""

    module = Module.SUPPORT

    @extend_schema(responses={200: SupportStatusSerializer(many=True)}, tags=["support"])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the path parameter's name in the document
        """All that was said about a booking's requests, in order; the last is where they are now."""
        found = statuses_of(self.caller.provider, read_id(id, "support request"))
        return Response([status_object(status) for status in found])
