"""Reading maintenance jobs."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from apps.assets.maintenance.models import OPEN, JobState, MaintenanceJob

Jobs = QuerySet[MaintenanceJob]


def due_today(jobs: Jobs, now: datetime) -> Jobs:
    """Those to be started before the day ends on the operator's clocks, and those that run past their planned end.

    Each with `due_at`, when it was to be started, or to be done.
    """
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    late_end = Q(state=JobState.RUNNING, planned_until__lte=now)
    return jobs.filter(Q(state=JobState.PLANNED, planned_from__lt=midnight) | late_end).annotate(
        due_at=Case(When(state=JobState.RUNNING, then=F("planned_until")), default=F("planned_from"))
    )


def overdue(jobs: Jobs, now: datetime) -> Jobs:
    """Those that were to be started by now, and those that run past their planned end."""
    return jobs.filter(
        Q(state=JobState.PLANNED, planned_from__lte=now) | Q(state=JobState.RUNNING, planned_until__lte=now)
    )


def open_jobs(jobs: Jobs) -> Jobs:
    """Those that are not over, the first planned first."""
    return jobs.filter(state__in=OPEN).order_by("planned_from", "pk")
