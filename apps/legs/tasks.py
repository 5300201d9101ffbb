"""Celery's way into legs."""

from celery import shared_task
from django.utils import timezone

from apps.legs import services


@shared_task
def erase_user_locations() -> None:
    """Forget where travellers were."""
    services.erase_user_locations(now=timezone.now())
