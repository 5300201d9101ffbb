"""One HTTP request to somebody else, within a hard limit of time. No database is touched here.

1. The name is resolved once, and the connection pinned to what it led to. The Host header, SNI and the certificate's
   name stay those of the URL.
2. Redirects are not followed, nothing is retried, no proxy of the environment is used: one request per connection.
3. A timer cuts the connection at the deadline, so that a server that answers a byte at a time gains nothing.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024
# What `exchange` raises where no answer came.
FAILURES = (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError)

Resolver = Callable[[str, int], list[str]]


def in_words(failure: Exception) -> str:
    """One of `FAILURES` as staff can act on it: what is wrong, and what of."""
    match failure:
        case ssl.SSLCertVerificationError():
            return f"The certificate is not accepted: {failure.verify_message}."
        case ssl.SSLError():
            return f"No TLS connection came about: {failure.reason or failure}."
        case TimeoutError():
            return "no answer in time"
        case socket.gaierror():
            return f"The host's name leads nowhere: {failure.strerror}."
        case ConnectionRefusedError():
            return "The connection was refused: nothing listens at this address and port."
        case ConnectionError() | http.client.HTTPException():
            return f"The connection broke off before an answer came ({type(failure).__name__})."
    return f"{type(failure).__name__}: {failure}"


@dataclass(frozen=True)
class Answer:
    """What came back: the status and, of the body, what came in time, at most 64 kB."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses `host` has now, in the resolver's order. Raises `OSError` if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Pinned(HTTPConnection):
    """A connection to `pinned` addresses, whatever the DNS says by now, that can be cut from outside."""

    pinned: list[str]
    deadline: float
    _handle: socket.socket | None = None
    is_cut = False

    def _new_conn(self) -> socket.socket:
        """Called by urllib3's `connect` for a connected socket: to the first address that takes it."""
        failure: OSError = OSError("The name has no address.")
        for address in self.pinned:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                connected = socket.create_connection((address, self.port), min(CONNECT_SECONDS, left))
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
        handle = self._handle
        if handle is not None:
            try:
                handle.shutdown(socket.SHUT_RDWR)
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


def exchange(
    method: str,
    url: str,
    *,
    body: bytes | None,
    headers: Mapping[str, str],
    seconds: float,
    resolver: Resolver = resolve,
) -> Answer:
    """Send a request and return its answer. Raises one of `FAILURES`, and what `resolver` raises.

    `seconds` begin before the name is resolved; where that alone takes longer, nothing is sent any more. A status that
    has been read is an answer, whatever becomes of its body.
    """
    deadline = time.monotonic() + seconds
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
    pinned = resolver(host, port)
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection: _Pinned
    if is_tls:
        connection = _PinnedTls(host, port, timeout=CONNECT_SECONDS, ssl_context=_tls())
    else:
        connection = _Pinned(host, port, timeout=CONNECT_SECONDS)
    connection.pinned, connection.deadline = pinned, deadline
    alarm = threading.Timer(left, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        connection.connect()
        connection.timeout = READ_SECONDS
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        sent = {"Content-Type": "application/json", "User-Agent": "tomp-backoffice", "Connection": "close", **headers}
        connection.request(method, target, body, sent, preload_content=False, decode_content=False)
        response = connection.getresponse()
        if connection.is_cut:
            raise TimeoutError  # http.client takes a head cut short for a whole one
        return Answer(response.status, response.headers, _read_some(response))
    finally:
        alarm.cancel()
        connection.close()


def _read_some(response: urllib3.BaseHTTPResponse) -> bytes:
    """At most 64 kB of the body. The status has been read, so what goes wrong here changes nothing."""
    try:
        return response.read(MAX_ANSWER_BYTES)
    except FAILURES:
        return b""
