"""JSON in and out: strict where the data would be lost or wrong, tolerant of what TOMP tolerates."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from apps.tomp.errors import BodyTooLarge, Invalid

MAX_DEPTH = 40


def _reject_bad_text(text: str, where: str) -> None:
    if "\x00" in text:
        raise Invalid(f"{where or 'The body'} contains a NUL character.")


def clean(value: Any, *, keep_nulls: bool = False) -> Any:
    """Drop nulls (a `null` in a request means absent, unless they are kept) and refuse what no field can hold.

    `extraInfo` is bilateral and kept as it came. Raises `Invalid` for NUL characters, for numbers that
    are no finite numbers and for nesting deeper than any TOMP object.
    """
    return _clean(value, "", 0, keep_nulls=keep_nulls)


def _clean(value: Any, where: str, depth: int, *, keep_nulls: bool) -> Any:
    if depth > MAX_DEPTH:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _reject_bad_text(value, where)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid(f"{where or 'The body'} is no finite number.")
    elif isinstance(value, list):
        return [_clean(item, f"{where}[{i}]", depth + 1, keep_nulls=keep_nulls) for i, item in enumerate(value)]
    elif isinstance(value, dict):
        cleaned = {}
        for key, item in value.items():
            _reject_bad_text(key, where)
            if item is None and not keep_nulls:
                continue
            path = f"{where}.{key}" if where else key
            cleaned[key] = _clean(item, path, depth + 1, keep_nulls=keep_nulls or key == "extraInfo")
        return cleaned
    return value


def read_json(stream: Any) -> Any:
    """A whole body of at most 1 MiB; `{}` for an empty one. Raises `Invalid` or `BodyTooLarge`."""
    limit = settings.TOMP_MAX_BODY_BYTES
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(f"The body is larger than {limit} bytes.")
    if not body.strip():
        return {}
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The body is no JSON: {error}.") from error


class TompParser(BaseParser):
    """`application/json` of at most 1 MiB, per RFC 8259 (no NaN, no Infinity)."""

    media_type = "application/json"
    keeps_nulls = False

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as Python objects; `{}` for an empty one. Raises `Invalid` or `BodyTooLarge`."""
        document = read_json(stream)
        if not isinstance(document, dict):
            raise Invalid("The body is no JSON object.")
        return clean(document, keep_nulls=self.keeps_nulls)


class MergePatchParser(TompParser):
    """A JSON merge patch, whose nulls take fields away. Source: RFC 7396."""

    media_type = "application/merge-patch+json"
    keeps_nulls = True


def without_nulls(value: Any) -> Any:
    """The same with absent optional fields left out of objects, `extraInfo` as it came."""
    if isinstance(value, Mapping):
        return {
            key: item if key == "extraInfo" else without_nulls(item) for key, item in value.items() if item is not None
        }
    if isinstance(value, list | tuple):
        return [without_nulls(item) for item in value]
    return value


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # the document's amounts are JSON numbers
    raise TypeError(f"{type(value)} is not JSON.")


def dumps(value: Any) -> bytes:
    """JSON as it goes over the wire: UTF-8, times in UTC with `Z`, absent fields left out."""
    return orjson.dumps(without_nulls(value), default=_encode, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class TompRenderer(BaseRenderer):
    """Every answer is JSON, whatever `Accept` says."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Bytes of the body; `data` that already is JSON passes unchanged."""
        if data is None:
            return b""
        if isinstance(data, bytes):
            return data
        return dumps(data)


def declared_length(request: HttpRequest) -> int:
    """The `Content-Length` of a request, 0 where absent or no number."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
