"""Answers that a client may keep: an entity tag, and 304 while nothing has changed."""

import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.tomp.json_format import dumps
from apps.tomp.paging import Page, next_link

VARY = "Accept-Language, Authorization, X-API-Key"


def conditional(request: Request, body: Any, *, next_page: Page | None = None) -> Response:
    """Answer `body` with a strong `ETag` of its bytes, or 304 where `If-None-Match` names that tag.

    The bytes differ per MP and language, so caches are told to keep them apart and to ask every time. With
    `next_page` a `Link` header leads from that page to the one after it.
    """
    content = dumps(body)
    tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    known = {etag.removeprefix("W/") for etag in parse_etags(request.headers.get("If-None-Match", ""))}
    response = Response(status=status.HTTP_304_NOT_MODIFIED) if known & {tag, "*"} else Response(content)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = VARY
    if next_page is not None:
        address = request.build_absolute_uri(request.path)
        response["Link"] = next_link(address, request.query_params, next_page)
    return response
