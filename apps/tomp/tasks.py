"""Celery's way into the protocol's own tables."""

from celery import shared_task

from apps.tomp import idempotency, request_limit


@shared_task
def purge_answers() -> None:
    """Forget answers kept for repetition longer than they are promised."""
    idempotency.purge_answers()


@shared_task
def purge_request_counts() -> None:
    """Forget how many requests there were in minutes long past."""
    request_limit.purge_request_counts()
