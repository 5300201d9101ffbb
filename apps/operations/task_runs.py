"""That the clock runs: when each task of the beat was last run, as workers note it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import states
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from apps.operations.models import TaskRun
from tomp_backoffice.metrics import TASKS

# A task that runs for every nudge is noted this often at most, so that workers do not wait for each other's row.
NOTED_EVERY = timedelta(seconds=2)
# A task is late when it was not run for so many of its intervals, and for this long.
INTERVALS_MISSED = 3
PATIENCE = timedelta(minutes=1)

NOTE = """
    INSERT INTO operations_taskrun (task, ended_at, succeeded_at, worker)
    VALUES (%(task)s, %(now)s, %(well)s, %(worker)s)
    ON CONFLICT (task) DO UPDATE SET
        ended_at = excluded.ended_at,
        succeeded_at = coalesce(excluded.succeeded_at, operations_taskrun.succeeded_at),
        worker = excluded.worker
    WHERE operations_taskrun.ended_at < %(noted_before)s
"""

log = structlog.get_logger(__name__)


def scheduled() -> dict[str, timedelta]:
    """The tasks that the beat sends, each with how often."""
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    return {entry["task"]: timedelta(seconds=entry["schedule"]) for entry in schedule.values()}


def note_run(*, task: Any = None, state: str | None = None, **_of_celery: Any) -> None:
    """Celery's signal that a task has ended: count it, and note that it was run. One statement."""
    TASKS.labels(task.name, state or "").inc()
    if task.name not in scheduled():
        return
    now = timezone.now()
    note = {
        "task": task.name,
        "now": now,
        "well": now if state == states.SUCCESS else None,
        "worker": (task.request.hostname or "")[:200],
        "noted_before": now - NOTED_EVERY,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, note)
    except DatabaseError as error:
        log.warning("a task's run was not noted", task=task.name, error=type(error).__name__)


@dataclass(frozen=True)
class Lateness:
    """A task that is not run as it should be: since when it has not ended well, None where it never has."""

    task: str
    since: datetime | None


def late_tasks(*, now: datetime) -> list[Lateness]:
    """The scheduled tasks that have not ended well for several of their intervals. One statement.

    Of those that come seldom, one that nobody has ever run has not had its turn yet.
    """
    ended_well = dict(TaskRun.objects.values_list("task", "succeeded_at"))
    late = []
    for task, interval in scheduled().items():
        if task not in ended_well and interval > PATIENCE:
            continue
        at = ended_well.get(task)
        if at is None or at < now - max(interval * INTERVALS_MISSED, PATIENCE):
            late.append(Lateness(task, at))
    return late
