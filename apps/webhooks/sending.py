"""Sending one request to an MP, to addresses that it may go to. No database is touched here."""

import time
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from apps.network.http_exchange import FAILURES, exchange, in_words
from apps.tomp.errors import Invalid
from apps.webhooks import addresses
from apps.webhooks.outgoing import OutgoingRequest

TOTAL_SECONDS = 13.0
MAX_ERROR_LENGTH = 500
MAX_ANSWER_LENGTH = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended: an HTTP status, or none and why; `refused` where we would not even send.

    `answer` is how the body of a success begins.
    """

    status: int | None = None
    error: str = ""
    retry_after: str = ""
    refused: bool = False
    duration_ms: int = 0
    answer: str = ""


def send(request: OutgoingRequest, *, seconds: float = TOTAL_SECONDS) -> Outcome:
    """Send `request` and say how it ended, within `seconds`; never raises.

    The limit starts before the name is resolved; if that alone takes longer, nothing is sent any more.
    """
    started = time.monotonic()
    try:
        outcome = _attempt(request, seconds)
    except Invalid as error:
        outcome = Outcome(error=error.detail, refused=True)
    except FAILURES as error:
        late = time.monotonic() - started >= seconds
        outcome = Outcome(error="no answer in time" if late else in_words(error))
    except Exception as error:
        # Whatever is wrong with one message must not stop the others. Only the kind is kept, since the
        # text may quote a header with a secret.
        log.exception("a message could not be sent", host=request.url.host)
        outcome = Outcome(error=f"could not be sent: {type(error).__name__}")
    return Outcome(
        status=outcome.status,
        error=outcome.error.replace("\x00", "")[:MAX_ERROR_LENGTH],
        retry_after=outcome.retry_after,
        refused=outcome.refused,
        duration_ms=round((time.monotonic() - started) * 1000),
        answer=outcome.answer,
    )


def _attempt(request: OutgoingRequest, seconds: float) -> Outcome:
    url = request.url
    host = f"[{url.host}]" if ":" in url.host else url.host
    answer = exchange(
        request.method,
        f"{url.scheme}://{host}:{url.port}{request.path}",
        body=request.body,
        headers=request.signed_headers(int(time.time())),
        seconds=seconds,
        resolver=addresses.resolve,
    )
    if 200 <= answer.status < 300:
        return Outcome(status=answer.status, answer=_beginning(answer.content))
    return Outcome(
        status=answer.status, error=_complaint(answer.content), retry_after=answer.headers.get("Retry-After", "")
    )


def _beginning(content: bytes) -> str:
    """An answer as the database can hold it; of a long one the beginning, with a sign that it went on."""
    text = content[:MAX_ANSWER_LENGTH].decode(errors="replace").replace("\x00", "")
    return text if len(content) <= MAX_ANSWER_LENGTH else f"{text}…"


def _complaint(content: bytes) -> str:
    """What the MP says went wrong: the TOMP error object's title and detail, or the text as it is."""
    try:
        answer: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        answer = None
    if isinstance(answer, dict):
        said = [str(answer[name]) for name in ("title", "detail") if answer.get(name)]
        if said:
            return ": ".join(said)
    return content[:MAX_ERROR_LENGTH].decode(errors="replace").strip()
