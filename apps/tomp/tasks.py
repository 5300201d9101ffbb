"""Celery's way into the protocol's own tables."""

from celery import shared_task

from apps.tomp import idempotency


@shared_task
def purge_answers() -> None:
    """Forget answers kept for repetition longer than they are promised."""
    idempotency.purge_answers()
