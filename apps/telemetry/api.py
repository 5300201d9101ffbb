"""Where vehicles report over HTTP: an endpoint of our own, beside the TOMP-API."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.telemetry.keys import find_key
from apps.telemetry.models import TelemetryKey
from apps.telemetry.services import MAX_READINGS, take
from apps.tomp.errors import BodyTooLarge, Invalid, Missing
from apps.tomp.json_format import TompRenderer, declared_length, read_json
from apps.tomp.views import AlwaysJson


class TelemetryKeyAuthentication(BaseAuthentication):
    """`X-API-Key: <telemetry key>`."""

    def authenticate(self, request: Request) -> tuple[TelemetryKey, None]:
        """The key; raises `NotAuthenticated`."""
        return find_key(request.headers.get("X-API-Key", ""), now=timezone.now()), None

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        return 'X-API-Key realm="telemetry"'


class AnyJsonParser(BaseParser):
    """JSON of any shape, of at most 1 MiB: each reading is checked for itself."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as Python objects. Raises `Invalid` or `BodyTooLarge`."""
        return read_json(stream)


class TelemetryView(APIView):
    """/telemetry/."""

    authentication_classes = [TelemetryKeyAuthentication]
    parser_classes = [AnyJsonParser]
    renderer_classes = [TompRenderer]
    content_negotiation_class = AlwaysJson
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who reports, and not too much."""
        self.perform_authentication(request)
        if declared_length(request) > settings.TOMP_MAX_BODY_BYTES:
            raise BodyTooLarge(f"The body is larger than {settings.TOMP_MAX_BODY_BYTES} bytes.")

    def post(self, request: Request) -> Response:
        """Take a batch of readings; the answer names those that were refused."""
        sent = request.data
        readings = sent.get("readings") if isinstance(sent, dict) else None
        if readings is None:
            raise Missing("readings is missing.")
        if not isinstance(readings, list) or len(readings) > MAX_READINGS:
            raise Invalid(f"readings is no list of at most {MAX_READINGS} readings.")
        refused = take(readings, now=timezone.now())
        return Response(
            {
                "taken": len(readings) - len(refused),
                "refused": [{"index": one.index, "detail": one.detail} for one in refused],
            }
        )
