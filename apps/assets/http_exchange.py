"""One HTTP request to what opens assets (a lock gateway, a maker of keys), within a hard limit of time.

One request per connection: redirects are not followed, nothing is retried, no proxy of the environment is used. A timer
cuts the connection, so that a server that answers a byte at a time gains nothing.
"""

import socket
import ssl
import threading
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_ANSWER_BYTES = 64 * 1024


def exchange(
    method: str, url: str, *, body: bytes | None, headers: dict[str, str], seconds: float
) -> tuple[int, bytes]:
    """The status, and at most 64 kB of the answer. Raises `OSError`, `HTTPException` or urllib3's `HTTPError`."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds)
    is_cut = threading.Event()
    alarm = threading.Timer(seconds, _cut, [connection, is_cut])
    alarm.daemon = True
    alarm.start()
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {"Content-Type": "application/json", "User-Agent": "tomp-backoffice", "Connection": "close", **headers}
    try:
        connection.request(method, target, body, sent, preload_content=False)
        response = connection.getresponse()
        content = response.read(MAX_ANSWER_BYTES)
    finally:
        alarm.cancel()
        connection.close()
    if is_cut.is_set():
        raise TimeoutError  # http.client takes what was cut short for a whole answer
    return response.status, content


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port or 443, timeout=seconds, ssl_context=ssl.create_default_context())
    return HTTPConnection(host, port or 80, timeout=seconds)


def _cut(connection: HTTPConnection, is_cut: threading.Event) -> None:
    """End the connection under whoever waits on it."""
    is_cut.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was quicker
