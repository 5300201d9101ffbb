"""What every page of the admin needs before it is made."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.operator.selectors import operator_basics

PREFIX = "/admin/"


def operator_time_zone(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Show staff, and read from them, times in the operator's time zone. One statement, under /admin/ only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(operator_basics().time_zone)):
            return get_response(request)

    return middleware
