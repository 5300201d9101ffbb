"""Celery's way into the fleet."""

from celery import shared_task

from apps.assets import services


@shared_task
def follow_reservations() -> None:
    """Let the states of assets follow their reservations."""
    services.follow_reservations()
