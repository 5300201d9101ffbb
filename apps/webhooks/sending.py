"""Sending one request to an MP, within a hard limit of time. No database is touched here.

1. The name is resolved once and its addresses checked; the connection is pinned to them. The Host header,
   SNI and the certificate's name stay those of the URL.
2. Redirects are not followed, nothing is retried, no proxy of the environment is used.
3. A timer cuts the connection at the deadline, so that a server that answers a byte at a time gains nothing.
"""

import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import structlog
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from apps.tomp.errors import Invalid
from apps.webhooks import addresses
from apps.webhooks.outgoing import OutgoingRequest

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 13.0
MAX_RESPONSE_BYTES = 64 * 1024
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


class _Pinned(HTTPConnection):
    """A connection to `pinned` addresses, whatever the DNS says by now, that can be cut from outside."""

    pinned: list[str]
    _handle: socket.socket | None = None
    is_cut = False

    def _new_conn(self) -> socket.socket:
        """Called by urllib3's `connect` for a connected socket: to the first address that takes it."""
        failure: OSError = OSError("The name has no address.")
        for address in self.pinned:
            try:
                connected = socket.create_connection((address, self.port), CONNECT_SECONDS)
            except OSError as error:
                failure = error
                continue
            # A second handle: the first one belongs to the TLS layer as soon as the handshake begins.
            self._handle = connected.dup()
            if self.is_cut:
                connected.close()
                raise TimeoutError
            return connected
        raise failure

    def cut(self) -> None:
        """End the connection under whoever is waiting on it, or before it begins."""
        self.is_cut = True
        if self._handle is not None:
            try:
                self._handle.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side was quicker

    def close(self) -> None:
        """Close the connection and the second handle."""
        super().close()
        if self._handle is not None:
            self._handle.close()
            self._handle = None


class _PinnedTls(_Pinned, HTTPSConnection):
    """The same over TLS, with the certificate verified."""


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def send(request: OutgoingRequest, *, seconds: float = TOTAL_SECONDS) -> Outcome:
    """Send `request` and say how it ended, within `seconds`; never raises.

    The limit starts before the name is resolved; if that alone takes longer, nothing is sent any more.
    """
    started = time.monotonic()
    try:
        outcome = _exchange(request, deadline=started + seconds)
    except Invalid as error:
        outcome = Outcome(error=error.detail, refused=True)
    except TimeoutError:
        outcome = Outcome(error="no answer in time")
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
        late = time.monotonic() - started >= seconds
        outcome = Outcome(error="no answer in time" if late else f"{type(error).__name__}: {error}")
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


def _exchange(request: OutgoingRequest, *, deadline: float) -> Outcome:
    url = request.url
    pinned = addresses.resolve(url.host, url.port)
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection: _Pinned
    if url.scheme == "https":
        connection = _PinnedTls(url.host, url.port, timeout=CONNECT_SECONDS, ssl_context=_tls())
    else:
        connection = _Pinned(url.host, url.port, timeout=CONNECT_SECONDS)
    connection.pinned = pinned
    alarm = threading.Timer(left, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        connection.connect()
        connection.timeout = READ_SECONDS
        headers = request.signed_headers(int(time.time()))
        connection.request(
            request.method, request.path, request.body, headers, preload_content=False, decode_content=False
        )
        response = connection.getresponse()
        if connection.is_cut:
            raise TimeoutError  # http.client takes a head cut short for a whole one
        content = _read_some(response)
    finally:
        alarm.cancel()
        connection.close()
    if 200 <= response.status < 300:
        return Outcome(status=response.status, answer=_beginning(content))
    return Outcome(
        status=response.status,
        error=_complaint(content),
        retry_after=response.headers.get("Retry-After", ""),
    )


def _read_some(response: urllib3.BaseHTTPResponse) -> bytes:
    """At most 64 kB of the body. The status has been read, so what goes wrong here changes nothing."""
    try:
        return response.read(MAX_RESPONSE_BYTES)
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError):
        return b""


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
