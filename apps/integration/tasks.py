"""Celery's way to the go-live checks."""

from celery import shared_task

from apps.integration import services


@shared_task
def run_due() -> None:
    """Run checks that wait. Sent by the beat, and as a nudge when one is asked for."""
    services.run_due()
