"""Celery's way into the credentials of MPs."""

from celery import shared_task

from apps.providers import services


@shared_task
def purge_tokens() -> None:
    """Forget bearer tokens that have expired."""
    services.purge_tokens()
