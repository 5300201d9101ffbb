"""Celery's way into bookings."""

from celery import shared_task

from apps.bookings import services


@shared_task
def expire_due() -> None:
    """Make overdue expiries permanent."""
    services.expire_due()


@shared_task
def cancel_no_shows() -> None:
    """Cancel what nobody came for."""
    services.cancel_no_shows()
