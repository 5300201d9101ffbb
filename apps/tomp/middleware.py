"""What must happen to a request before its address is looked up."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

ROOT = "/tomp"
PREFIX = f"{ROOT}/"


def is_tomp(path: str) -> bool:
    """Is this path one of the TOMP-API?"""
    return path.startswith(PREFIX) or path == ROOT


def trailing_slash_is_optional(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """`/bookings/` is `/bookings`: the same resource, without a redirect that would lose a POST's body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if is_tomp(path):
            request.path_info = PREFIX + path[len(PREFIX) :].rstrip("/")
        return get_response(request)

    return middleware


def request_id() -> str:
    """The id of the request being served: in each line of its log, in an error object and in `X-Request-ID`."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def request_id_is_told(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every answer, whoever gave it, tells in `X-Request-ID` under which id it is found in our log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Request-ID"] = request_id()
        return response

    return middleware
