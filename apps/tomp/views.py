"""The way every TOMP call takes: authentication, request limit, headers, requirements; then its own view."""

import time
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.operator.selectors import UNDESCRIBED
from apps.processes import requirements
from apps.revisions.models import Subject
from apps.tomp.authentication import Caller, CredentialAuthentication
from apps.tomp.call_log import keep_when_sent
from apps.tomp.conditional import Told, unless_unchanged
from apps.tomp.errors import BodyTooLarge, Invalid, NotFound
from apps.tomp.headers import ALL_HEADERS, check_headers, negotiate_language
from apps.tomp.idempotency import repeatable
from apps.tomp.json_format import TompParser, TompRenderer, declared_length
from apps.tomp.openapi import TompSchema
from apps.tomp.request_limit import check_request_limit


class Module(IntEnum):
    """TOMP's modules, whose number begins the error codes."""

    OPERATOR_INFORMATION = 1
    PLANNING = 2
    BOOKING = 3
    TRIP_EXECUTION = 4
    SUPPORT = 5
    PAYMENT = 6
    GENERAL = 7
    CUSTOMERS = 8


class AlwaysJson(BaseContentNegotiation):
    """TOMP answers JSON; `Accept` changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The JSON parser for any JSON media type, none for others."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return parsers[0] if media_type == "application/json" or media_type.endswith("+json") else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The JSON renderer."""
        return renderers[0], renderers[0].media_type


class TompView(APIView):
    """Base of all TOMP endpoints.

    A subclass names its `module`, the `operation` of each method (the key under which
    `apps.processes.requirements` knows it) and, where the document wants it otherwise, its `required_headers`
    and that it answers errors in a list (`wraps_errors`). Where all that it answers is written by staff, `told_from`
    names what that is, and `told` answers it.
    """

    module: ClassVar[Module] = Module.GENERAL
    operations: ClassVar[dict[str, str]] = {}
    required_headers: ClassVar[tuple[str, ...]] = ALL_HEADERS
    wraps_errors: ClassVar[bool] = False
    told_from: ClassVar[tuple[Subject, ...]] = ()
    authentication_classes = [CredentialAuthentication]
    parser_classes = [TompParser]
    renderer_classes = [TompRenderer]
    content_negotiation_class = AlwaysJson
    schema = TompSchema()

    @property
    def caller(self) -> Caller:
        """The authenticated MP."""
        caller: Caller = self.request.user  # type: ignore[assignment]
        return caller

    @property
    def actor(self) -> Actor:
        """The MP as an actor of the transition log."""
        return Actor(ActorKind.MP, self.caller.provider.maas_id)

    @property
    def language(self) -> str:
        """The language tag this answer is given in."""
        # Not `request.user`: after failed authentication that would only fail once more.
        caller = getattr(self.request, "_user", None)
        operator = caller.operator if isinstance(caller, Caller) else UNDESCRIBED
        return negotiate_language(self.request.headers.get("Accept-Language", ""), operator.languages)

    @property
    def is_asked_by_crowds(self) -> bool:
        """Operator information, which the phones of travellers ask for too."""
        return self.module == Module.OPERATOR_INFORMATION

    @property
    def is_about_people(self) -> bool:
        """Is everything in its bodies about a traveller?"""
        return self.module == Module.CUSTOMERS

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and have the call kept once the answer has left."""
        started = time.monotonic()
        response: Response = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        keep_when_sent(self, response, started=started)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, how often, with which headers, and does the request hold what the MP's process demands?"""
        self.perform_authentication(request)
        structlog.contextvars.bind_contextvars(provider=self.caller.provider.maas_id)
        if any("\x00" in text for text in kwargs.values()):
            raise NotFound("There is nothing at this address.")
        check_request_limit(self.caller.provider, now=timezone.now())
        check_headers(request, self.required_headers)
        if any("\x00" in text for values in request.query_params.lists() for text in (values[0], *values[1])):
            raise Invalid("A query parameter contains a NUL character.")
        if declared_length(request) > settings.TOMP_MAX_BODY_BYTES:
            raise BodyTooLarge(f"The body is larger than {settings.TOMP_MAX_BODY_BYTES} bytes.")
        operation = self.operations.get(request.method or "", "")
        body: Any = request.data if operation and request.method in {"POST", "PUT", "PATCH"} else {}
        requirements.check_request(
            self.caller.profile,
            operation,
            query=request.query_params,
            body=body,
            headers=request.headers,
            system_id=self.caller.operator.system_id,
        )
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler is not None and request.headers.get("Idempotency-Key"):
            # DRF looks the handler up after this; on this instance it is now the repeatable one.
            self.post = repeatable(request, self.caller.provider, handler, self.handle_exception)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add the language the answer is in."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Content-Language"] = self.language
        return response

    def told(self, tell: Callable[[], Told], *, since: datetime | None = None) -> Response:
        """What `tell` makes; 304 without making it, nor any statement, while nothing of `told_from` has changed.

        `since` is the moment with which the answer became another by itself, where the database cannot know.
        """
        form = (self.caller.provider.pk, self.caller.profile.version_id, self.caller.operator.languages, self.language)
        return unless_unchanged(self.request, self.caller.stamp, *form, tell=tell, since=since)

    def validated(self, serializer_class: type[Serializer[Any]], data: Any) -> dict[str, Any]:
        """`data` as the serializer reads it; an error object names the first field that is wrong."""
        serializer = serializer_class(data=data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class UnknownPath(TompView):
    """Every address this API does not have."""

    required_headers = ()
    schema = None  # type: ignore[assignment]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 with the error object, whatever the method."""
        self.http_method_names = []
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """There is no method because there is no resource."""
        raise NotFound("There is nothing at this address.")
