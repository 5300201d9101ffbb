"""Keeping a call for the integration desk.

It is written once the answer has left and outside of any transaction: nobody waits for it, and nothing undoes it.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.calls import services
from apps.calls.masking import hidden, masked, masked_path
from apps.calls.models import Call
from apps.tomp.authentication import Caller, claimed_provider
from apps.tomp.json_format import dumps
from apps.tomp.middleware import PREFIX

if TYPE_CHECKING:
    from apps.tomp.views import TompView

log = structlog.get_logger(__name__)

MAX_BODY_CHARACTERS = 8_000
SECONDS_BETWEEN_REFUSED = 1.0


class _Allowance:
    """One thing every so many seconds: what strangers can make us write is bounded."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next_at = float("-inf")
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Is there one now? Then it is taken."""
        with self._lock:
            now = time.monotonic()
            if now < self.next_at:
                return False
            self.next_at = now + self.seconds
            return True


# Calls without valid credentials are told to the MP they seem to come from, one a second in each process.
refused = _Allowance(SECONDS_BETWEEN_REFUSED)


def keep_when_sent(view: "TompView", response: Response, *, started: float) -> None:
    """Have the call kept as soon as the server closes the response. `started` is of `time.monotonic`."""
    if settings.CALL_LOG_DAYS:
        duration_ms = round((time.monotonic() - started) * 1000)
        closers: list[Callable[[], None]] = response._resource_closers  # type: ignore[attr-defined]
        closers.append(lambda: _keep(view, response, duration_ms))


def _keep(view: "TompView", response: Response, duration_ms: int) -> None:
    """Write it down. Whatever goes wrong with that is our own affair: the call has been answered."""
    try:
        request = view.request
        caller = getattr(request, "_user", None)  # not `user`: after failed authentication that fails once more
        if isinstance(caller, Caller):
            provider_id: int | None = caller.provider.pk
        else:
            provider_id = claimed_provider(request) if refused.take() else None
        if provider_id is None:
            return
        well = response.status_code < 400
        services.keep(
            _call(view, request, response, provider_id, duration_ms, with_request=isinstance(caller, Caller)),
            counted_only=well and request.method == "GET" and view.is_asked_by_crowds,
        )
    except Exception:
        log.exception("a call could not be kept")


def _call(
    view: "TompView", request: Request, response: Response, provider_id: int, duration_ms: int, *, with_request: bool
) -> Call:
    match = request.resolver_match
    route = match.route if match else ""
    with_bodies = settings.CALL_LOG_BODIES
    hide = hidden if view.is_about_people else masked
    return Call(
        provider_id=provider_id,
        at=timezone.now(),
        method=str(request.method)[:10],
        path=masked_path(request.path_info.removeprefix(PREFIX), request.META.get("QUERY_STRING", ""))[:500],
        endpoint=_endpoint(route),
        status=response.status_code,
        error_code=_error_code(response.data),
        duration_ms=duration_ms,
        request_body=_text(hide(_sent(request))) if with_bodies and with_request else "",
        answer_body=_text(_answer(response, hide)) if with_bodies else "",
        request_id=response["X-Request-ID"][:64],
    )


def _endpoint(route: str) -> str:
    """The path as the document has it: `bookings/{id}` of `tomp/bookings/<str:id>`; empty for an unknown one."""
    return route.removeprefix("tomp/").replace("<str:", "{").replace(">", "}")[:100]


def _sent(request: Request) -> Any:
    """The body as it was read; None where there is none, or none that can be read."""
    if request.method == "GET":
        return None
    try:
        return request.data or None
    except Exception:  # noqa: BLE001 - whatever was wrong with it, the answer has said so
        return None


def _answer(response: Response, hide: Any) -> Any:
    """The answer's body: an error object as ours, anything else as the endpoint's. None where it has none."""
    if not response.content:
        return None
    return (masked if response.status_code >= 400 else hide)(orjson.loads(response.content))


def _error_code(answer: Any) -> int | None:
    """TOMP's errorcode of an answer, also of one that lists its errors."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    said = errors[0] if errors else answer
    code = said.get("errorcode") if isinstance(said, dict) else None
    return code if isinstance(code, int) else None


def _text(body: Any) -> str:
    """JSON of at most `MAX_BODY_CHARACTERS`; of a longer one the beginning, with a sign that it went on."""
    if body is None:
        return ""
    text = dumps(body).decode()
    return text if len(text) <= MAX_BODY_CHARACTERS else f"{text[:MAX_BODY_CHARACTERS]}…"
