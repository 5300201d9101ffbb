"""Celery's way to the notes of changes."""

from celery import shared_task

from apps.changes import services


@shared_task
def sum_up() -> None:
    """Keep the notes few."""
    services.sum_up()
