"""Celery's way to the bulk changes."""

from celery import shared_task

from apps.fleet import working


@shared_task
def run_due() -> None:
    """Work bulk changes that are under way. Sent by the beat, and as a nudge when one begins."""
    working.run_due()
