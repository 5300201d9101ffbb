"""Locks behind an HTTP gateway (docs/locks.md)."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from django.utils import timezone

from apps.assets.locks.lock import LockReport, NoAnswer, Refused, read_report
from apps.assets.locks.models import LockGateway
from apps.network.http_exchange import FAILURES, exchange

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
        url = f"{self.gateway.address.rstrip('/')}/locks/{quote(self.device, safe='')}{path}"
        sent = None if body is None else orjson.dumps(body)
        try:
            answer = exchange(
                method, url, body=sent, headers=self._headers(), seconds=float(self.gateway.timeout_seconds)
            )
        except FAILURES as error:
            raise NoAnswer(f"No answer: {type(error).__name__}.") from error
        except ValueError as error:  # its text may quote a header with a secret
            raise Refused("The request cannot be sent: see to the address and the credentials.") from error
        if answer.status == 200:
            return read_report(answer.content)
        if 400 <= answer.status < 500 and answer.status not in UNDECIDED:
            raise Refused(f"The gateway answers {answer.status}.")
        raise NoAnswer(f"The gateway answers {answer.status}.")

    def _headers(self) -> dict[str, str]:
        secret = self.gateway.secret or ""
        if self.gateway.username:
            pair = base64.b64encode(f"{self.gateway.username}:{secret}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {"Authorization": f"Bearer {secret}"} if secret else {}
