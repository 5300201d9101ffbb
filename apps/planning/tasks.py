"""Celery's way into planning."""

from celery import shared_task
from django.utils import timezone

from apps.planning import services


@shared_task
def purge_offers() -> None:
    """Delete offers that expired long ago."""
    services.purge_offers(now=timezone.now())
