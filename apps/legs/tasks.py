"""Celery's way into legs."""

from celery import shared_task

from apps.legs import automatic, lock_commands, progress, replacing


@shared_task
def assign_due() -> None:
    """Give places booked up front their assets, in good time before the departure."""
    automatic.assign_due()


@shared_task
def settle_answered() -> None:
    """Replace assets where MPs have agreed to another type, and end the questions that are over."""
    replacing.settle_answered()


@shared_task
def settle_lock_commands() -> None:
    """Ask the locks whose commands nobody came back for."""
    lock_commands.settle_due()


@shared_task
def tell_progress() -> None:
    """Tell MPs where the assets in use are."""
    progress.tell_progress()
