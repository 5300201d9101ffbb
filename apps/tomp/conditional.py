"""Answers that a client may keep: an entity tag, and 304 while nothing has changed. Source: RFC 9110, 8.8 and 13."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.http import http_date, parse_etags, parse_http_date_safe
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.revisions.selectors import Stamp
from apps.tomp.json_format import dumps
from apps.tomp.paging import Page, next_link

VARY = "Accept-Language, Authorization, X-API-Key"
APPS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Told:
    """The body of an answer, and the page it is where there is one after it."""

    body: Any
    next_page: Page | None = None


def conditional(request: Request, body: Any, *, next_page: Page | None = None) -> Response:
    """Answer `body` with a strong `ETag` of its bytes, or 304 where `If-None-Match` names that tag.

    The bytes differ per MP and language, so caches are told to keep them apart and to ask every time. With
    `next_page` a `Link` header leads from that page to the one after it.
    """
    content = dumps(body)
    return _linked(tagged(request, content, f'"{digest(content)}"'), request, next_page)


def tagged(request: Request, content: bytes, tag: str) -> Response:
    """Answer `content` with this `ETag`, or 304 where `If-None-Match` names it."""
    if _known_tags(request) & {tag, "*"}:
        return _keepable(_not_modified(), tag)
    return _keepable(Response(content), tag)


def unless_unchanged(
    request: Request, stamp: Stamp, *form: object, tell: Callable[[], Told], since: datetime | None = None
) -> Response:
    """Answer what `tell` makes; 304 without making it while the client has what `stamp` says is the latest.

    `form` is all else that the bytes depend on, such as the language; `since` a moment with which they became others,
    such as New Year. `Last-Modified` is the second after the last change, as soon as that has passed: what was sent
    earlier in the same second may be older.
    """
    now = timezone.now()
    if since is not None:
        form = (*form, since)
        stamp = replace(stamp, at=max(stamp.at or since, since))
    tag = f'"{stamp.times}-{digest(repr((release(), settings.PUBLIC_URL, *form)).encode())}"'
    modified = _last_modified(stamp, now)
    known = _known_tags(request)
    if known:
        unchanged = tag in known
    else:
        kept = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
        unchanged = kept is not None and stamp.at is not None and _second_after(stamp.at) <= kept
    if unchanged:
        response = _not_modified()
    else:
        told = tell()
        response = _not_modified() if "*" in known else _linked(Response(dumps(told.body)), request, told.next_page)
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    return _keepable(response, tag)


@cache
def release() -> str:
    """A digest of our code: what was answered by other code may have had another form."""
    return digest(b"".join(path.read_bytes() for path in sorted(APPS.rglob("*.py"))))


def _second_after(moment: datetime) -> float:
    return (moment.replace(microsecond=0) + timedelta(seconds=1)).timestamp()


def _last_modified(stamp: Stamp, now: datetime) -> float | None:
    """In seconds since 1970; never later than `now`."""
    return None if stamp.at is None else min(_second_after(stamp.at), now.replace(microsecond=0).timestamp())


def digest(content: bytes) -> str:
    """What tells `content` from any other, as text."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _known_tags(request: Request) -> set[str]:
    return {etag.removeprefix("W/") for etag in parse_etags(request.headers.get("If-None-Match", ""))}


def _not_modified() -> Response:
    return Response(status=status.HTTP_304_NOT_MODIFIED)


def _keepable(response: Response, tag: str) -> Response:
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = VARY
    return response


def _linked(response: Response, request: Request, next_page: Page | None) -> Response:
    if next_page is not None and response.status_code == status.HTTP_200_OK:
        address = request.build_absolute_uri(request.path)
        response["Link"] = next_link(address, request.query_params, next_page)
    return response
