"""What must happen to a TOMP request before its address is looked up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIX = "/tomp/"


def trailing_slash_is_optional(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """`/bookings/` is `/bookings`: the same resource, without a redirect that would lose a POST's body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX) and request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
        return get_response(request)

    return middleware
