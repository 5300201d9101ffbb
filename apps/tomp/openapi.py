"""Our own OpenAPI document: what every TOMP endpoint has in common is said here, once."""

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from apps.tomp.examples import ERROR, EXAMPLES
from apps.tomp.headers import ALL_HEADERS, SERVED_VERSION
from apps.tomp.schemas import ErrorSerializer, ErrorsSerializer

HEADERS: Mapping[str, dict[str, Any]] = {
    "Accept-Language": {"description": "Languages of the traveller, the best first.", "default": "en"},
    "Api": {"description": "The API that is spoken.", "default": "TOMP"},
    "Api-Version": {
        "description": f"Any 1.x is served, as {SERVED_VERSION}.",
        "default": SERVED_VERSION,
    },
    "maas-id": {"description": "The MP that calls; its credentials' own."},
}
ERRORS: Mapping[int, str] = {
    400: "A header or field is missing (x001), invalid (x002) or cannot be changed (x211), the version is not served "
    "(x008) or the page is too large (x009).",
    401: "Not authenticated (x006).",
    403: "This MP may not do this (x006), or the state does not allow it (x004).",
    404: "Unknown, or another MP's (x204).",
    409: "Someone else took the asset meanwhile (3500), or the first call with this Idempotency-Key is still "
    "running (x004).",
    410: "The offer or booking has expired (3202).",
    413: "The body is larger than 1 MiB (x002).",
    415: "The body is not application/json (x002).",
    422: "The Idempotency-Key belongs to another request (x002).",
    428: "The customer is blocked (3209).",
    429: "More requests within a minute than agreed with this MP (x007); `Retry-After` says how long to wait.",
    500: "Our fault; nothing was changed (x005).",
    503: "Something this call needs does not answer now; nothing was changed (x005).",
}


def query_parameter(name: str, description: str, kind: Any = str) -> OpenApiParameter:
    """An optional query parameter; `kind` is a type or a JSON Schema."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description)


PAGE_PARAMETERS = [
    query_parameter("offset", "Start of the selection.", {"type": "integer", "minimum": 0, "default": 0}),
    query_parameter("limit", "Size of the page.", {"type": "integer", "minimum": 0, "maximum": 1000}),
    OpenApiParameter(
        "Link",
        str,
        OpenApiParameter.HEADER,
        response=[200],
        description='The next page, `rel="next"`, where there is more.',
    ),
]
BOX_PARAMETER = OpenApiParameter(
    "boundingbox",
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    OpenApiParameter.QUERY,
    style="form",
    explode=False,
    description="South, north, west, east. West greater than east: across the antimeridian.",
)
CIRCLE_PARAMETERS = [
    query_parameter("lon", "Longitude of the centre.", {"type": "number", "minimum": -180, "maximum": 180}),
    query_parameter("lat", "Latitude of the centre.", {"type": "number", "minimum": -90, "maximum": 90}),
    query_parameter("radius", "Metres around the centre.", {"type": "number", "minimum": 0}),
]
CONDITIONAL_PARAMETERS = [
    OpenApiParameter(
        "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag; 304 while it is still right."
    ),
    OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200], description="Of these very bytes."),
]
# Of answers that only staff and time change.
UNCHANGED_PARAMETERS = [
    *CONDITIONAL_PARAMETERS,
    OpenApiParameter(
        "If-Modified-Since",
        str,
        OpenApiParameter.HEADER,
        description="A `Last-Modified`; 304 while it is still right. Where there is an `If-None-Match`, that counts.",
    ),
    OpenApiParameter(
        "Last-Modified", str, OpenApiParameter.HEADER, response=[200], description="When staff or time changed it."
    ),
]
IDEMPOTENCY_PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255},
    OpenApiParameter.HEADER,
    description="Makes the call repeatable: for 24 hours the same request with the same key gets the same answer.",
)
RETRY_AFTER_PARAMETER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, response=[409, 429, 503], description="Seconds to wait."
)
NOT_MODIFIED = OpenApiResponse(description="Nothing has changed since that ETag.")


class CredentialScheme(OpenApiAuthenticationExtension):
    """How an MP authenticates: `X-API-Key`, HTTP Basic, or a bearer token of OAuth 2."""

    target_class = "apps.tomp.authentication.CredentialAuthentication"
    name = ["X-API-Key", "Basic", "OAuth2"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """The three schemes of OpenAPI."""
        return [
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            {"type": "http", "scheme": "basic", "description": "The maas-id, and the key as password."},
            {
                "type": "oauth2",
                "description": "A bearer token, got with a client_id and client_secret.",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": f"{settings.PUBLIC_URL}{reverse('oauth-token')}",
                        "scopes": settings.OAUTH2_PROVIDER["SCOPES"],
                    }
                },
            },
        ]


class TompSchema(AutoSchema):
    """Adds the headers an endpoint demands, those it answers with, its errors and its examples."""

    def get_override_parameters(self) -> list[Any]:
        """The request headers the document lists for this path, and the headers of every answer."""
        required = getattr(self.view, "required_headers", ALL_HEADERS)
        demanded = [
            OpenApiParameter(
                name,
                {
                    "type": "string",
                    **({"default": HEADERS[name]["default"]} if "default" in HEADERS[name] else {}),
                },
                OpenApiParameter.HEADER,
                required=True,
                description=HEADERS[name]["description"],
            )
            for name in required
        ]
        answered = [
            OpenApiParameter(name, str, OpenApiParameter.HEADER, response=True, description=description)
            for name, description in (
                ("Content-Language", "The language of the answer."),
                ("X-Request-ID", "The id of the request in our log."),
            )
        ]
        if self.path.startswith("/tomp/bookings"):
            answered.append(
                OpenApiParameter(
                    "Expires",
                    str,
                    OpenApiParameter.HEADER,
                    response=[200, 201],
                    description="HTTP date; while the booking waits.",
                )
            )
        if self.method == "POST":
            demanded.append(IDEMPOTENCY_PARAMETER)
        return [*demanded, *answered, RETRY_AFTER_PARAMETER]

    def get_auth(self) -> list[dict[str, Any]]:
        """One of the three schemes, always."""
        super().get_auth()  # describes the schemes among the document's components
        return [{"X-API-Key": []}, {"Basic": []}, {"OAuth2": []}]

    def get_examples(self) -> list[OpenApiExample]:
        """A request and an answer of this operation, and one of the errors every operation can answer with."""
        request, answer = EXAMPLES.get((self.method, self.path.removeprefix("/tomp")), (None, None))
        error = {"errors": [ERROR]} if self._wraps_errors() else ERROR
        examples = [OpenApiExample("Missing header", value=error, response_only=True, status_codes=["400"])]
        if answer is not None:
            examples.append(OpenApiExample("Answer", value=answer, response_only=True))
        if request is not None:
            sent_as = "application/merge-patch+json" if self.method == "PATCH" else "application/json"
            examples.append(OpenApiExample("Request", value=request, request_only=True, media_type=sent_as))
        return examples

    def _wraps_errors(self) -> bool:
        return bool(getattr(self.view, "wraps_errors", False))

    def error_statuses(self) -> list[int]:
        """The statuses of the errors this operation can answer with."""
        statuses = [400, 401, 403, 429]
        if "{" in self.path or self.path == "/tomp/support":
            statuses.append(404)
        if self.method in ("POST", "PUT", "PATCH"):
            statuses += [409, 413, 415]
        if self.method == "POST":
            statuses.append(422)
            if self.path in ("/tomp/bookings", "/tomp/bookings/one-stop"):
                statuses.append(428)
        if self.method != "GET" and self.path.startswith(("/tomp/bookings", "/tomp/legs")):
            statuses += [404, 410, 503]
        if self.method == "POST" and self.path.startswith("/tomp/payment"):
            statuses.append(410)
        return [*statuses, 500]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """The operation's own answers, and the error object for every status it can fail with."""
        bodies = super()._get_response_bodies(direction)
        error = ErrorsSerializer if self._wraps_errors() else ErrorSerializer
        for status in self.error_statuses():
            if str(status) not in bodies:
                bodies[str(status)] = self._get_response_for_code(
                    OpenApiResponse(error, description=ERRORS[status]), str(status)
                )
        return dict(sorted(bodies.items()))
