"""What must happen to a TOMP request before its address is looked up."""

from collections.abc import Callable

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
