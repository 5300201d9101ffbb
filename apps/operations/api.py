"""What machines ask of an installation: /health/live, /health/ready and /metrics.

They are answered before anything else is looked at, as they come without TLS and to an address instead of a host, and
leave no line in the log.
"""

import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from apps.operations import health
from apps.operations.exposition import exposition
from tomp_backoffice.metrics import REQUEST_SECONDS, REQUESTS

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; nothing else is asked."""
    return JsonResponse({"process": health.OK})


def ready(request: HttpRequest) -> HttpResponse:
    """200 while database and broker answer and all migrations are applied; else 503, and what is not so."""
    found = health.readiness()
    well = all(word == health.OK for word in found.values())
    return JsonResponse(found, status=200 if well else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus collects, for whoever sends `METRICS_TOKEN` as bearer token; 404 where none is set."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound()
    if not secrets.compare_digest(
        request.headers.get("Authorization", "").encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


ADDRESSES = {"/health/live": live, "/health/ready": ready, "/metrics": metrics}


def asked_by_machines(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer them; the first of all middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        view = ADDRESSES.get(request.path_info)
        if view is None:
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return view(request)

    return middleware


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count every other request, by the address in the URL map that it was for, and how long its answer took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        method = request.method if request.method in METHODS else "other"
        endpoint = _endpoint(request)
        REQUESTS.labels(method, endpoint, response.status_code).inc()
        REQUEST_SECONDS.labels(method, endpoint).observe(time.perf_counter() - started)
        return response

    return middleware


def _endpoint(request: HttpRequest) -> str:
    """Such as `tomp/bookings/<str:id>`. All pages of the admin are one, and so is what was not found."""
    match = request.resolver_match
    if match is None:
        return "none"
    return "admin" if match.app_name == "admin" else match.route
