"""Celery's way into retention."""

from celery import shared_task
from django.utils import timezone

from apps.retention import sweep


@shared_task
def forget_due() -> None:
    """Forget all that has been kept long enough."""
    sweep.forget_due(now=timezone.now())
