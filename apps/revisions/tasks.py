"""Celery's way to the notes of revisions."""

from celery import shared_task

from apps.revisions import services


@shared_task
def sum_up() -> None:
    """Keep the notes few."""
    services.sum_up()
