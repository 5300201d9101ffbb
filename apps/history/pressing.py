"""Pressing a button once: a form that is sent twice, by a double click, a retry or a second tab, acts once.

Each form carries a token. It is remembered in the transaction of what the button does: who comes second waits for the
first, and finds it done; where the first was refused, nothing is remembered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.clock.sweeps import in_batches
from apps.history.models import PressedButton
from apps.tomp.interruptions import resumable

# A form that was left open for longer is asked for again.
KEPT = timedelta(days=7)
T = TypeVar("T")


class PressedBefore(Exception):
    """What this form asks for has been done already."""


@resumable
def once(token: UUID, run: Callable[[], T]) -> T:
    """Run what a form asks for, and remember that it was. Raises `PressedBefore`, and what `run` raises."""
    with transaction.atomic():
        _remember(token)
        return run()


def once_outside(token: UUID, run: Callable[[], T]) -> T:
    """The same where `run` works a lock, which is done outside of any transaction: that it was tried is remembered."""
    with transaction.atomic():
        _remember(token)
    return run()


def _remember(token: UUID) -> None:
    _, is_new = PressedButton.objects.get_or_create(token=token)
    if not is_new:
        raise PressedBefore


def presses_due(now: datetime) -> QuerySet[PressedButton]:
    """Tokens of forms that nobody sends any more."""
    return PressedButton.objects.filter(at__lt=now - KEPT)


def purge_presses(*, now: datetime) -> int:
    """Forget them, a batch at a time; returns how many."""
    return in_batches("purge pressed buttons", presses_due(now), QuerySet.delete)
