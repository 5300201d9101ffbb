"""What can be done with a lock, whatever is spoken with it: tell it something, and ask it how it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson

from apps.assets.locks.models import LockOrder, LockState

# The state in which a lock has done what it was told. Whether a trunk was opened, only the command's id tells.
OBEYED_STATE = {LockOrder.UNLOCK: LockState.UNLOCKED, LockOrder.LOCK: LockState.LOCKED}


class NoAnswer(Exception):
    """Nothing that can be understood came back: whether the lock obeyed is not known."""


class Refused(Exception):
    """The gateway would not pass it on, as for wrong credentials: the lock has heard nothing."""


@dataclass(frozen=True)
class LockReport:
    """How a lock says that it is, and the id of the last command it carried out."""

    state: LockState
    last_command: str = ""

    def has_obeyed(self, order: str, key: UUID) -> bool:
        """Has what the command `key` asked for been done?"""
        wanted = OBEYED_STATE.get(LockOrder(order))
        return self.last_command == str(key) if wanted is None else self.state == wanted


class Lock(Protocol):
    """The lock of one asset. Both calls go over the network and take a few seconds at most.

    They raise `NoAnswer` and `Refused`. Nobody holds a database transaction meanwhile.
    """

    def obey(self, order: str, key: UUID) -> LockReport:
        """Tell it to do something; `key` identifies the command, also when it is told again."""

    def report(self) -> LockReport:
        """Ask how it is."""


def read_report(content: bytes) -> LockReport:
    """The report a lock sent (docs/locks.md); `NoAnswer` for what is none."""
    try:
        return report_in(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        raise NoAnswer("The answer is no JSON.") from error


def report_in(answer: Any) -> LockReport:
    """The report in a JSON value; `NoAnswer` where there is none."""
    state = answer.get("lock") if isinstance(answer, Mapping) else None
    if not isinstance(state, str) or state not in {LockState.LOCKED, LockState.UNLOCKED, LockState.JAMMED}:
        raise NoAnswer("The answer does not say how the lock is.")
    return LockReport(LockState(state), str(answer.get("lastCommand") or ""))
