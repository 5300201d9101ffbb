"""Locks behind an HTTP gateway (docs/locks.md).

One request per connection, within a hard limit of time: redirects are not followed, nothing is retried, no proxy of
the environment is used. A timer cuts the connection, so that a server that answers a byte at a time gains nothing.
"""

import base64
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import orjson
import urllib3
from django.utils import timezone
from urllib3.connection import HTTPConnection, HTTPSConnection

from apps.assets.locks.lock import LockReport, NoAnswer, Refused, read_report
from apps.assets.locks.models import LockGateway

MAX_ANSWER_BYTES = 64 * 1024
# Refusals after which the lock may have heard it all the same: the gateway gave up waiting.
UNDECIDED = {408, 425}


@dataclass(frozen=True)
class HttpLock:
    """The lock `device` of an HTTP gateway."""

    gateway: LockGateway
    device: str

    def obey(self, order: str, key: UUID) -> LockReport:
        """`POST …/locks/{device}/commands`."""
        until = timezone.now() + timedelta(seconds=self.gateway.timeout_seconds)
        return self._call("POST", "/commands", {"id": key, "command": order, "validUntil": until})

    def report(self) -> LockReport:
        """`GET …/locks/{device}`."""
        return self._call("GET", "", None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> LockReport:
        url = urlsplit(self.gateway.address)
        target = f"{url.path.rstrip('/')}/locks/{quote(self.device, safe='')}{path}"
        try:
            status, content = self._exchange(method, target, None if body is None else orjson.dumps(body))
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise NoAnswer(f"No answer: {type(error).__name__}.") from error
        if status == 200:
            return read_report(content)
        if 400 <= status < 500 and status not in UNDECIDED:
            raise Refused(f"The gateway answers {status}.")
        raise NoAnswer(f"The gateway answers {status}.")

    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        connection = self._connection()
        is_cut = threading.Event()
        alarm = threading.Timer(self.gateway.timeout_seconds, _cut, [connection, is_cut])
        alarm.daemon = True
        alarm.start()
        try:
            connection.request(method, target, body, self._headers(), preload_content=False)
            response = connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES)
        finally:
            alarm.cancel()
            connection.close()
        if is_cut.is_set():
            raise TimeoutError  # http.client takes what was cut short for a whole answer
        return response.status, content

    def _connection(self) -> HTTPConnection:
        url = urlsplit(self.gateway.address)
        host, seconds = url.hostname or "", float(self.gateway.timeout_seconds)
        if url.scheme == "https":
            return HTTPSConnection(host, url.port or 443, timeout=seconds, ssl_context=ssl.create_default_context())
        return HTTPConnection(host, url.port or 80, timeout=seconds)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "tomp-backoffice", "Connection": "close"}
        secret = self.gateway.secret or ""
        if self.gateway.username:
            pair = base64.b64encode(f"{self.gateway.username}:{secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif secret:
            headers["Authorization"] = f"Bearer {secret}"
        return headers


def _cut(connection: HTTPConnection, is_cut: threading.Event) -> None:
    """End the connection under whoever waits on it."""
    is_cut.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was quicker
