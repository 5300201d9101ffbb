"""Celery's way into bookings."""

from celery import shared_task
from django.utils import timezone

from apps.bookings import journal_check, reminders, services


@shared_task
def expire_due() -> None:
    """Make overdue expiries permanent."""
    services.expire_due()


@shared_task
def cancel_no_shows() -> None:
    """Cancel what nobody came for."""
    services.cancel_no_shows()


@shared_task
def remind_due() -> None:
    """Remind travellers before a reservation or a ride runs out."""
    reminders.remind_due()


@shared_task
def follow_overtime() -> None:
    """Keep the assets of rides over time, and tell their MPs."""
    reminders.keep_overdue_assets()
    reminders.tell_overtime()


@shared_task
def check_journal() -> None:
    """Find bookings whose journal does not come to what they owe."""
    journal_check.check_journal(now=timezone.now())
