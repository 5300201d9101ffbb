"""How a sweep goes over what is due: row by row for what a service decides, in batches for what is only forgotten.

A sweep runs once at a time, whatever the number of workers: who finds it running leaves it to the other. That is a
lock of the database's session, so that it ends with a worker that dies.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

import structlog
from django.db import connection
from django.db.models import F, Model, QuerySet, Window
from django.db.models.functions import Random, RowNumber

from tomp_backoffice.metrics import SWEPT

M = TypeVar("M", bound=Model)
R = TypeVar("R")

# First half of the advisory lock's key; the second is made of the sweep's name.
ADVISORY_LOCK = 0x737770
BATCH = 5_000

log = structlog.get_logger(__name__)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Is nobody else at the sweep `name`? Then nobody begins it until we are done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [ADVISORY_LOCK, name])
        (granted,) = cursor.fetchone()
    try:
        yield granted
    finally:
        if granted:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [ADVISORY_LOCK, name])


def sweep(
    name: str,
    due: QuerySet[M],
    service: Callable[[Any], R],
    *,
    limit: int = 500,
    seconds: float | None = None,
    in_turn: str | None = None,
) -> list[R]:
    """Run `service`, a transaction of its own, for the primary key of each row of `due`; returns what it answered.

    Whatever it raises for one row is logged and stops no other. At most `limit` rows are taken, in random order: rows
    that fail each time have no place in front of the others, and nobody has to remember which they are. With
    `in_turn`, one row of each value of that field comes before the second of any. None is begun after `seconds`. With
    nothing due: one SQL statement.
    """
    by_turn = Window(RowNumber(), partition_by=[F(in_turn)] if in_turn else None, order_by=Random())
    keys = list(due.order_by(by_turn, "?").values_list("pk", flat=True)[:limit])
    answers: list[R] = []
    if not keys:
        return answers
    started = monotonic()
    with _alone(name) as alone:
        for key in keys if alone else []:
            if seconds is not None and monotonic() - started > seconds:
                break
            try:
                answers.append(service(key))
                SWEPT.labels(name, "done").inc()
            except Exception:
                SWEPT.labels(name, "failed").inc()
                log.exception("row not swept", sweep=name, key=str(key))
    return answers


def in_batches(name: str, rows: QuerySet[M], change: Callable[[QuerySet[M]], object]) -> int:
    """Have `change` delete or alter `rows`, a few thousand to a statement; returns how many.

    No row may be among `rows` after its change.
    """
    total = 0
    with _alone(name) as alone:
        while alone:
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            change(rows.model._default_manager.filter(pk__in=keys))
            total += len(keys)
            if len(keys) < BATCH:
                break
    return total
