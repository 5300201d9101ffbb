"""Celery's way to the outbox."""

from celery import shared_task

from apps.webhooks import delivery


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Deliver what is due. Sent by the beat every few seconds and, as a nudge, after each new message."""
    delivery.deliver_due()
