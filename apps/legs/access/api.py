"""The addresses outside the API: a traveller's page and document, and the check of a pass by a lock or gate.

Whoever has such an address needs nothing else, so it is signed, works for the leg's time only, and nothing keeps it:
no cookie, no cache, no search engine, no address handed on in a Referer.
"""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.legs.access.document import pdf
from apps.legs.access.opening import opening_by
from apps.legs.access.sheet import Sheet, sheet_of
from apps.legs.access.words import words_in
from apps.operator.selectors import operator_basics
from apps.tomp.errors import Expired, NotFound, NotPermitted, TompError
from apps.tomp.headers import negotiate_language

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}

Show = Callable[[HttpRequest, Sheet], HttpResponse]


def _shows(show: Show) -> Callable[..., HttpResponse]:
    """A view of the sheet at a link: 404 for one we have not made, 410 when it is over."""

    @require_safe
    @wraps(show)
    def view(request: HttpRequest, link: str) -> HttpResponse:
        language = negotiate_language(request.headers.get("Accept-Language", ""), operator_basics().languages)
        try:
            response = show(request, sheet_of(link, language=language, now=timezone.now()))
        except (NotFound, Expired) as error:
            response = _refusal(request, error, language)
        response["Content-Language"] = language
        return _private(response)

    return view


def _refusal(request: HttpRequest, error: TompError, language: str) -> HttpResponse:
    words = words_in(language)
    what = "gone" if isinstance(error, Expired) else "unknown"
    context = {"language": language, "title": words[f"{what}_title"], "text": words[what]}
    return render(request, "access/refusal.html", context, status=error.status)


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response[name] = value
    return response


@_shows
def page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """/access/{link}: where to go and what opens the asset, for a phone."""
    context = {"language": sheet.language, "sheet": sheet, "words": sheet.words}
    return render(request, "access/page.html", {**context, "code": base64.b64encode(sheet.code).decode()})


@_shows
def document(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """/access/{link}/ticket.pdf: the same on paper."""
    disposition = {"Content-Disposition": 'inline; filename="ticket.pdf"'}
    return HttpResponse(pdf(sheet), content_type="application/pdf", headers=disposition)


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """/access/check/{pass or short code}: may whoever shows it open which asset now?

    200 with the asset's id and until when; 403 where it is not time yet or not agreed yet; 404 for what we have not
    made; 410 when it is over.
    """
    try:
        opening = opening_by(code, now=timezone.now())
    except (NotFound, NotPermitted, Expired) as error:
        return _private(JsonResponse({"opens": False, "reason": error.detail}, status=error.status))
    answer: dict[str, Any] = {
        "opens": True,
        "assetId": opening.leg.asset_public_id,
        "validUntil": opening.valid_until.isoformat(),
    }
    return _private(JsonResponse(answer))
