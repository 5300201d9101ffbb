"""Celery's way into the log of calls."""

from celery import shared_task

from apps.calls import services


@shared_task
def purge_calls() -> None:
    """Forget calls that have been kept long enough."""
    services.purge_calls()
