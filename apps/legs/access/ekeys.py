"""AXA eKeys: one-time keys for Bluetooth locks, made by the service that knows the locks.

That service is elsewhere, so it is asked when the answer is complete and no transaction is open any more (also with an
`Idempotency-Key`, whose transaction encloses the call): what is rendered, and kept for repetitions, says only that an
eKey belongs here (`promised`), and `with_ekeys` puts it there as the answer leaves. So a key is never stored, and every
answer has a fresh one. Where the service fails, the answer goes without access data and the log of the leg says why:
the ride is not held up. Source: TOMP 1.6.1 `tokenEKey`.
"""

import hashlib
import http.client
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
import urllib3
from django.conf import settings
from django.utils import timezone

from apps.assets.http_exchange import exchange
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor, record
from apps.legs.access.opening import OPENING, Opening, opening_of
from apps.legs.models import Leg
from apps.processes.selectors import published_profile
from apps.tomp.json_format import dumps

KIND = "tokenEKey"
SIMULATED = "simulated:"
FAILED = "ekey_failed"

log = structlog.get_logger(__name__)


class NoEKey(Exception):
    """The service made none; the text says why."""


@dataclass(frozen=True)
class EKey:
    """A certificate and its one-time pass key, and how the lock shows itself over Bluetooth."""

    key: str
    passkey: str
    bd_address: str
    device_name: str


class EKeyService(Protocol):
    """What makes eKeys."""

    def make(self, lock: str, *, valid_from: datetime, valid_until: datetime) -> EKey:
        """A key of `lock` for this time. Raises `NoEKey`."""
        ...


class SimulatedEKeys:
    """Keys that open nothing, for the demo."""

    def make(self, lock: str, *, valid_from: datetime, valid_until: datetime) -> EKey:
        """Always one; a lock always has the same address."""
        address = hashlib.blake2b(lock.encode(), digest_size=6).hexdigest().upper()
        pairs = ":".join(address[place : place + 2] for place in range(0, 12, 2))
        return EKey(secrets.token_urlsafe(24), f"{secrets.randbelow(10**6):06}", pairs, f"AXA:{lock}")


@dataclass(frozen=True)
class HttpEKeys:
    """A service over HTTP (docs/access.md), asked once and for at most `seconds`."""

    url: str
    token: str
    seconds: float

    def make(self, lock: str, *, valid_from: datetime, valid_until: datetime) -> EKey:
        """Ask for one."""
        asked = {"lock": lock, "validFrom": valid_from, "validUntil": valid_until}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            status, content = exchange(
                "POST", self.url, body=orjson.dumps(asked), headers=headers, seconds=self.seconds
            )
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise NoEKey(f"The eKey service does not answer: {type(error).__name__}.") from error
        if status not in {200, 201}:
            raise NoEKey(f"The eKey service answers {status}.")
        try:
            answer = orjson.loads(content)
            ekey, shown = answer["ekey"], answer["lock"]
            texts = [ekey["key"], ekey["passkey"], shown["bdAddress"], shown["deviceName"]]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NoEKey("The eKey service's answer cannot be read.") from error
        if not all(isinstance(text, str) and text for text in texts):
            raise NoEKey("The eKey service's answer cannot be read.")
        return EKey(*texts)


def service() -> EKeyService | None:
    """The service of `EKEY_SERVICE_URL`; None where there is none."""
    if settings.EKEY_SERVICE_URL == SIMULATED:
        return SimulatedEKeys()
    if settings.EKEY_SERVICE_URL:
        return HttpEKeys(settings.EKEY_SERVICE_URL, settings.EKEY_SERVICE_TOKEN, settings.EKEY_SERVICE_SECONDS)
    return None


def promised(opening: Opening) -> dict[str, Any] | None:
    """The place of an eKey in an answer. None without a service, and before the booking is confirmed: it would open."""
    if service() is None or opening.leg.booking.state not in OPENING:
        return None
    return {"tokenType": KIND}


def with_ekeys(answer: Any) -> Any:
    """An answer (a leg, a booking, or one of them as it was kept) with an eKey wherever one is promised.

    No transaction is open by now.
    """
    if isinstance(answer, bytes):
        return dumps(with_ekeys(orjson.loads(answer))) if KIND.encode() in answer else answer
    if isinstance(answer, dict):
        for leg in [answer, *(answer.get("legs") or [])]:
            token = leg.get("assetAccessData")
            if token and token["tokenType"] == KIND:
                leg["assetAccessData"] = _made(UUID(leg["id"]), token)
    return answer


def _made(leg_id: UUID, token: dict[str, Any]) -> dict[str, Any] | None:
    """The token with its key; None where the leg is over by now, or the service fails."""
    maker, now = service(), timezone.now()
    leg = Leg.objects.filter(pk=leg_id).select_related("booking", "asset", "asset_type").first()
    if leg is None or leg.asset is None or maker is None:
        return None
    profile = published_profile(leg.booking.profile_version_id)
    opening = opening_of(leg, profile, states=OPENING, now=now, language="")
    if opening is None:
        return None
    lock = leg.asset.lock_device_id or leg.asset.code
    try:
        made = maker.make(lock, valid_from=opening.valid_from, valid_until=opening.valid_until)
    except NoEKey as error:
        _note(leg, str(error))
        return None
    content = {
        **token["tokenData"],
        "ekey": {"key": made.key, "passkey": made.passkey},
        "lock": {"bdAddress": made.bd_address, "deviceName": made.device_name},
    }
    return {**token, "tokenData": content}


def _note(leg: Leg, reason: str) -> None:
    """Tell staff, once per leg in its history, every time in the log."""
    log.warning("no eKey", leg=str(leg.pk), reason=reason)
    noted = Transition.objects.filter(booking_id=leg.booking_id, subject_id=leg.history_id, event=FAILED.upper())
    if not noted.exists():
        record(leg, FAILED, actor=Actor(ActorKind.CLOCK), reason=f"answered without access data: {reason}")
