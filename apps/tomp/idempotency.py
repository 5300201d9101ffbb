"""`Idempotency-Key`: any POST can be repeated, and is answered as the first time.

The answer is written in the transaction of what it answers, so that there is never one without the other; a 5xx
is never kept. Source: DESIGN, "Calls that repeat".
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.clock.sweeps import in_batches
from apps.providers.models import Provider
from apps.tomp.answers import is_forgotten
from apps.tomp.errors import Expired, Invalid, KeyInUse, KeyReused
from apps.tomp.interruptions import Interruption, resumable
from apps.tomp.json_format import dumps
from apps.tomp.models import IdempotentAnswer

KEPT = timedelta(hours=24)
KEPT_HEADERS = ("Expires", "Retry-After", "Link", "Allow")
RETRY_AFTER_SECONDS = 1

Handler = Callable[..., Response]


def repeatable(
    request: Request, provider: Provider, handler: Handler, on_error: Callable[[Exception], Response]
) -> Handler:
    """`handler`, once per key: repetitions are answered from what was kept.

    `on_error` makes the answer of an exception. Raises `KeyReused` (422) for the same key with anything else
    different, `KeyInUse` (409) while the first call is still running, `Expired` (410) where the answer told of a
    customer who was erased, `Invalid` for a key over 255 characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 255:
        raise Invalid("Idempotency-Key is longer than 255 characters.")

    @resumable
    def run(request: Request, *args: Any, **kwargs: Any) -> Response:
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            _claim(provider, key)
            kept = IdempotentAnswer.objects.filter(provider=provider, key=key).first()
            if kept is not None and kept.created_at > timezone.now() - KEPT:
                return _again(kept, fingerprint)
            response = _answer(handler, on_error, request, *args, **kwargs)
            if response.status_code < 500:
                _keep(provider, key, fingerprint, response)
            return response

    return run


def _fingerprint(request: Request) -> str:
    content = dumps(request.data)
    return hashlib.sha256(
        b"\n".join([str(request.method).encode(), request.get_full_path().encode(), content])
    ).hexdigest()


def _claim(provider: Provider, key: str) -> None:
    """Hold the key until the transaction ends; `KeyInUse` where another call holds it."""
    number = int.from_bytes(hashlib.blake2b(f"{provider.pk} {key}".encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (granted,) = cursor.fetchone()
    if not granted:
        raise KeyInUse("The first call with this Idempotency-Key is still running.", retry_after=RETRY_AFTER_SECONDS)


def _answer(handler: Handler, on_error: Callable[[Exception], Response], *args: Any, **kwargs: Any) -> Response:
    """The handler's answer; an error has undone what the handler did, and is an answer too."""
    try:
        with transaction.atomic():
            return handler(*args, **kwargs)
    except Interruption:
        raise  # the key is let go of, and the whole call begins again
    except Exception as error:  # noqa: BLE001 — whatever it is, DRF's handler makes the error object of it
        return on_error(error)


def _keep(provider: Provider, key: str, fingerprint: str, response: Response) -> None:
    IdempotentAnswer.objects.update_or_create(
        provider=provider,
        key=key,
        defaults={
            "request_sha256": fingerprint,
            "status": response.status_code,
            "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
            "body": b"" if response.data is None else dumps(response.data),
            "created_at": timezone.now(),
        },
    )


def _again(kept: IdempotentAnswer, fingerprint: str) -> Response:
    if kept.request_sha256 != fingerprint:
        raise KeyReused("This Idempotency-Key was sent with another request.")
    if is_forgotten(kept):
        raise Expired("What this call was answered has been erased with the customer it told of.")
    body = bytes(kept.body)
    return Response(body or None, status=kept.status, headers=kept.headers)


def answers_due(now: datetime) -> QuerySet[IdempotentAnswer]:
    """Answers older than 24 hours."""
    return IdempotentAnswer.objects.filter(created_at__lt=now - KEPT)


def purge_answers(*, now: datetime) -> int:
    """Forget answers older than 24 hours, a batch at a time; returns how many."""
    return in_batches("purge kept answers", answers_due(now), QuerySet.delete)
