"""The page on which staff set up and remove their second factor."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.backoffice.access import second_factor
from apps.backoffice.access.forms import WRONG_CODE, RemoveForm, SetUpForm
from apps.backoffice.access.sessions import DUE

KEY = "second_factor_key"


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app; once there is one, remove it."""
    return (_remove if second_factor.is_set_up_by(_user(request)) else _set_up)(request)


def _user(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def _set_up(request: HttpRequest) -> HttpResponse:
    """Show the key as a picture and in letters (GET); take a code of it, and show recovery codes (POST)."""
    user = _user(request)
    key = request.session.setdefault(KEY, second_factor.new_key())
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.set_up(user=user, key=key, code=form.cleaned_data["code"].replace(" ", ""))
        if codes is not None:
            request.session.pop(KEY)
            request.session.pop(DUE, None)
            return _page(request, "recovery_codes", gettext("Recovery codes"), codes=codes)
        form.add_error("code", WRONG_CODE)
    drawn = mark_safe(second_factor.picture(key, user.get_username()))  # noqa: S308 - drawn by us
    return _page(
        request,
        "second_factor",
        gettext("Second factor"),
        form=form,
        picture=drawn,
        key=second_factor.key_to_type(key),
        is_demanded=request.session.get(DUE, False),
    )


def _remove(request: HttpRequest) -> HttpResponse:
    """Tell how it stands (GET); forget it, where a code is given (POST)."""
    user = _user(request)
    form = RemoveForm(request.POST or None)
    is_demanded = second_factor.is_demanded_of(user)
    if request.method == "POST" and form.is_valid():
        if second_factor.verify(user=user, code=form.cleaned_data["code"]):
            second_factor.remove(user=user)
            request.session[DUE] = is_demanded
            messages.success(request, gettext("Your second factor is removed."))
            return HttpResponseRedirect(reverse("second-factor"))
        form.add_error("code", WRONG_CODE)
    left = second_factor.recovery_codes_left(user)
    return _page(request, "second_factor_kept", gettext("Second factor"), form=form, left=left, is_demanded=is_demanded)


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/access/{name}.html", {**shared, **context})
