"""Celery's way into legs."""

from celery import shared_task
from django.utils import timezone

from apps.legs import automatic, lock_commands, plates, progress, replacing, services, trails


@shared_task
def assign_due() -> None:
    """Give places booked up front their assets, in good time before the departure."""
    automatic.assign_due()


@shared_task
def settle_answered() -> None:
    """Replace assets where MPs have agreed to another type, and end the questions that are over."""
    replacing.settle_answered()


@shared_task
def erase_user_locations() -> None:
    """Forget where travellers were."""
    services.erase_user_locations(now=timezone.now())


@shared_task
def forget_plates() -> None:
    """Forget the licence plates of cars that left some time ago."""
    plates.forget_plates(now=timezone.now())


@shared_task
def purge_trails() -> None:
    """Forget where assets were."""
    trails.purge_trails(now=timezone.now())


@shared_task
def settle_lock_commands() -> None:
    """Ask the locks whose commands nobody came back for."""
    lock_commands.settle_due()


@shared_task
def tell_progress() -> None:
    """Tell MPs where the assets in use are."""
    progress.tell_progress()
