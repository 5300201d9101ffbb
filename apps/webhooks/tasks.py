"""Celery's way to the outbox."""

from celery import shared_task
from django.utils import timezone

from apps.webhooks import delivery, services


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Deliver what is due. Sent by the beat every few seconds and, as a nudge, after each new message."""
    delivery.deliver_due()


@shared_task
def purge_latest() -> None:
    """Forget positions that were told to MPs."""
    services.purge_latest(now=timezone.now())
