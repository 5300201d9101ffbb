"""Work that a service needs done outside of any transaction, such as a word with a lock, and how it begins again.

1. The service runs in its transaction up to its end, finds that the work has not been done, and raises an
   `Interruption`: all it did is undone.
2. The work is done (`resolve`), while no transaction is open.
3. The service runs again, and finds the work done. What it was done for may no longer fit by then: `conclude` sees to
   what is left of it.

In a `rehearsal` the work is not done but noted, and the service goes on as if it had been; in the end all is undone.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from apps.tomp.errors import ServiceUnavailable, TompError

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 20


class Interruption(Exception):
    """Something has to be done outside of any transaction first."""

    @property
    def parts(self) -> list["Interruption"]:
        """What has to be done, one by one."""
        return [self]

    def resolve(self) -> None:
        """Do it. Raises domain errors where that cannot be; the call then ends with them."""
        raise NotImplementedError

    def conclude(self) -> None:
        """The call has ended: put away what it did not need after all."""
        raise NotImplementedError


class Interruptions(Interruption):
    """Several things have to be done first."""

    def __init__(self, needed: list[Interruption]) -> None:
        super().__init__("; ".join(str(one) for one in needed))
        self._needed = needed

    @property
    def parts(self) -> list[Interruption]:
        """All of them."""
        return self._needed


def run_all(calls: Iterable[Callable[[], object]]) -> None:
    """Make the calls, each of which undoes itself where it is interrupted, and ask for all that they need at once.

    So what many of them need takes two runs of the service, and not one for each.
    """
    needed: list[Interruption] = []
    for call in calls:
        try:
            call()
        except Interruption as interruption:
            needed += interruption.parts
    if needed:
        raise Interruptions(needed)


_noted: ContextVar[list[Interruption] | None] = ContextVar("noted", default=None)


def interrupt(interruption: Interruption) -> None:
    """Have it done first: raises `interruption`; in a rehearsal it is noted instead, and taken for done."""
    noted = _noted.get()
    if noted is None:
        raise interruption
    noted.append(interruption)


@contextmanager
def rehearsal() -> Iterator[list[Interruption]]:
    """Undo whatever services do in here, and tell what would have to be done outside of any transaction first.

    They take their locks, check and refuse as ever; nothing is kept, sent or worked. What was done can be read until
    the block ends.
    """
    noted: list[Interruption] = []
    token = _noted.set(noted)
    try:
        with transaction.atomic():
            yield noted
            transaction.set_rollback(True)
    finally:
        _noted.reset(token)


_resolved: ContextVar[list[Interruption] | None] = ContextVar("resolved", default=None)


def resolved() -> list[Interruption]:
    """What has been resolved in the call under way."""
    return _resolved.get() or []


def resumable(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service that may be interrupted, again and again until it is not.

    Inside another resumable call it is that one that begins again: it holds the transaction. Raises
    `ServiceUnavailable` where that goes on and on.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _resolved.get() is not None:
            return service(*args, **kwargs)
        done: list[Interruption] = []
        token = _resolved.set(done)
        try:
            answer = _until_done(done, lambda: service(*args, **kwargs))
        except TompError as error:
            if error.status < 500:  # else the caller tries again, and needs what was done
                _conclude(done)
            raise
        finally:
            _resolved.reset(token)
        _conclude(done)
        return answer

    return run


def _until_done(done: list[Interruption], service: Callable[[], R]) -> R:
    for _ in range(ATTEMPTS):
        try:
            return service()
        except Interruption as interruption:
            for part in interruption.parts:
                part.resolve()
                done.append(part)
    raise ServiceUnavailable("The booking is being changed; try again.", retry_after=1)


def _conclude(done: list[Interruption]) -> None:
    for interruption in done:
        interruption.conclude()
