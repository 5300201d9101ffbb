"""AXA eKeys: one-time keys for Bluetooth locks, made by the service that knows the locks.

That service is elsewhere, so it is asked when the answer is complete and no transaction is open any more (also with an
`Idempotency-Key`, whose transaction encloses the call): what is rendered, and kept for repetitions, says only that an
eKey belongs here (`promised`), and `with_ekeys` puts it there as the answer leaves. So a key is never stored, and every
answer has a fresh one. Where the service fails, the answer goes without access data and the log of the leg says why:
the ride is not held up. Source: TOMP 1.6.1 `tokenEKey`.
"""

import hashlib
import secrets
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.history.models import Transition
from apps.history.services import CLOCK, record
from apps.legs.access.opening import OPENING, Opening, opening_of
from apps.legs.models import Leg
from apps.network.http_exchange import FAILURES, exchange
from apps.processes.selectors import published_profile
from apps.tomp.json_format import dumps

KIND = "tokenEKey"
SIMULATED = "simulated:"
FAILED = "ekey_failed"
AT_A_TIME = 10

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
            answer = exchange("POST", self.url, body=orjson.dumps(asked), headers=headers, seconds=self.seconds)
        except FAILURES as error:
            raise NoEKey(f"The eKey service does not answer: {type(error).__name__}.") from error
        if answer.status not in {200, 201}:
            raise NoEKey(f"The eKey service answers {answer.status}.")
        try:
            made = orjson.loads(answer.content)
            ekey, shown = made["ekey"], made["lock"]
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
    if service() is None or not opening.is_agreed:
        return None
    return {"tokenType": KIND}


def with_ekeys(answer: Any) -> Any:
    """An answer (a leg, a booking, or one of them as it was kept) with an eKey wherever one is promised.

    No transaction is open by now. The whole answer waits for at most `EKEY_SERVICE_SECONDS`.
    """
    if isinstance(answer, bytes):
        return dumps(with_ekeys(orjson.loads(answer))) if KIND.encode() in answer else answer
    if isinstance(answer, dict):
        shown = [answer, *(answer.get("legs") or [])]
        waiting = {UUID(leg["id"]): leg for leg in shown if _kind(leg.get("assetAccessData")) == KIND}
        made = _made(list(waiting)) if waiting else {}
        for leg_id, leg in waiting.items():
            token = leg["assetAccessData"]
            key = made.get(leg_id)
            leg["assetAccessData"] = key and {**token, "tokenData": {**token["tokenData"], **_on_the_wire(key)}}
    return answer


def _kind(token: dict[str, Any] | None) -> str:
    return token["tokenType"] if token else ""


def _on_the_wire(made: EKey) -> dict[str, Any]:
    return {
        "ekey": {"key": made.key, "passkey": made.passkey},
        "lock": {"bdAddress": made.bd_address, "deviceName": made.device_name},
    }


def _made(leg_ids: list[UUID]) -> dict[UUID, EKey]:
    """A key for each of a booking's legs that is not over by now; where the service fails there is none.

    It is asked for several at a time: one after another, a group would wait for the sum.
    """
    maker, now = service(), timezone.now()
    if maker is None:
        return {}
    found = Leg.objects.filter(pk__in=leg_ids).select_related("booking", "asset", "asset_type")
    openings = {leg.pk: _opening(leg, now) for leg in found}
    pool = ThreadPoolExecutor(AT_A_TIME)
    asked = {leg_id: pool.submit(_ask, maker, opening) for leg_id, opening in openings.items() if opening}
    wait(asked.values(), timeout=settings.EKEY_SERVICE_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    made: dict[UUID, EKey] = {}
    failed: dict[UUID, str] = {}
    for leg_id, answer in asked.items():
        try:
            made[leg_id] = answer.result(timeout=0)
        except (TimeoutError, CancelledError):
            failed[leg_id] = "The eKey service does not answer in time."
        except NoEKey as error:
            failed[leg_id] = str(error)
    if failed:
        _note(failed)
    return made


def _opening(leg: Leg, now: datetime) -> Opening | None:
    profile = published_profile(leg.booking.profile_version_id)
    return opening_of(leg, profile, states=OPENING, now=now, language="")


def _ask(maker: EKeyService, opening: Opening) -> EKey:
    asset = opening.leg.asset
    lock = (asset.lock_device_id or asset.code) if asset is not None else ""
    return maker.make(lock, valid_from=opening.valid_from, valid_until=opening.valid_until)


@transaction.atomic
def _note(failed: dict[UUID, str]) -> None:
    """Tell staff, once per leg in its history, every time in the log.

    Events may have changed the legs while the service was asked. They are locked, in the order of `lock_ride`, so that
    what is written says the state they have by now.
    """
    for leg_id, reason in failed.items():
        log.warning("no eKey", leg=str(leg_id), reason=reason)
    legs = Leg.objects.filter(pk__in=failed).order_by("sequence", "pk").select_for_update(of=("self",))
    for leg in legs:
        noted = Transition.objects.filter(booking_id=leg.booking_id, subject_id=leg.history_id, event=FAILED.upper())
        if not noted.exists():
            record(leg, FAILED, actor=CLOCK, reason=f"answered without access data: {failed[leg.pk]}")
