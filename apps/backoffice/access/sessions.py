"""How long staff stay logged in, and what has to be done first: both looked at with every request of the admin.

Source: NIST SP 800-63B-4, 2.2.3 (reauthentication: after a time of doing nothing, and after a time overall).
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.backoffice.access import second_factor
from apps.backoffice.middleware import PREFIX

BEGAN, SEEN, DUE = "began", "seen", "second_factor_due"
# How exactly it is known when somebody was last here: a session is written once in so many seconds.
WRITTEN_EVERY = 60
# What an open page asks for by itself: nobody need be there for that.
ASKED_BY_PAGES = f"{PREFIX}dashboard/"


def sessions_end(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Log out who has done nothing for long, or been here for long; lead who owes a second factor to its page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now()
        if BEGAN not in request.session:
            _begin(request, now)
        elif _is_over(request, now):
            logout(request)
            messages.warning(
                request, gettext("You have been logged out, as nothing was done for a while. Log in again.")
            )
            return get_response(request)
        elif now.timestamp() - request.session[SEEN] > WRITTEN_EVERY and not _is_asked_by_a_page(request):
            request.session[SEEN] = now.timestamp()
        page = reverse("second-factor")
        open_to_all = (page, reverse("admin:logout"), reverse("set_language"))
        if request.session.get(DUE) and request.path_info not in open_to_all:
            return HttpResponseRedirect(page)
        return get_response(request)

    return middleware


def _begin(request: HttpRequest, now: datetime) -> None:
    """The first request after logging in. What a role demands is asked once: it holds from the next log-in on."""
    user = request.user
    request.session[BEGAN] = request.session[SEEN] = now.timestamp()
    if user.is_authenticated and second_factor.is_demanded_of(user) and not second_factor.is_set_up_by(user):
        request.session[DUE] = True


def _is_over(request: HttpRequest, now: datetime) -> bool:
    began, seen = request.session[BEGAN], request.session[SEEN]
    return bool(
        now.timestamp() - began > settings.SESSION_COOKIE_AGE
        or now.timestamp() - seen > settings.SESSION_IDLE_MINUTES * 60
    )


def _is_asked_by_a_page(request: HttpRequest) -> bool:
    return request.path_info.startswith(ASKED_BY_PAGES)
