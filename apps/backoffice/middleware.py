"""What every page of the admin needs before it is made."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from apps.history.auditing import staff_named
from apps.operator.selectors import operator_basics

PREFIX = "/admin/"


def language_of_staff(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Speak the language of who asks, under /admin/ only: the one they chose (a cookie), the browser's, or English.

    All else stays in English: MPs choose the language of a text by `Accept-Language`, but not that of our own words.
    What is streamed is made when the answer has left here, so in English too, unless it takes the language along.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


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


def changes_are_noted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Have what staff change under /admin/ noted with their name. Two statements where a form is sent."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asks_only = request.method in {"GET", "HEAD", "OPTIONS"}
        if asks_only or not request.path_info.startswith(PREFIX) or not request.user.is_authenticated:
            return get_response(request)
        with staff_named(request.user.get_username()):
            return get_response(request)

    return middleware


def nul_is_refused(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """400 for a NUL character in a query or cookie of the admin: a filter or session that PostgreSQL cannot look up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX) and (
            "%00" in request.META.get("QUERY_STRING", "") or any("\x00" in value for value in request.COOKIES.values())
        ):
            return HttpResponseBadRequest("A NUL character cannot be part of this.", content_type="text/plain")
        return get_response(request)

    return middleware
