"""Forgetting licence plates: of the stay of a parked car, and of the leg that paid for it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from apps.clock.sweeps import in_batches
from apps.legs.models import Leg
from apps.parking.models import ParkedCar


def plates_due(now: datetime) -> QuerySet[ParkedCar]:
    """Cars that left `PLATE_DAYS` ago and whose plate is still known."""
    old = now - timedelta(days=settings.PLATE_DAYS)
    return ParkedCar.objects.filter(ended_at__lt=old).exclude(plate="").order_by("ended_at")


def forget_plates(*, now: datetime) -> int:
    """Forget the plates of cars that left some time ago, a batch at a time; returns how many."""
    return in_batches("forget plates", plates_due(now), erase_plates)


@transaction.atomic
def erase_plates(stays: QuerySet[ParkedCar]) -> None:
    """Take the plates from stays that have ended, wherever they are kept. Two statements."""
    Leg.objects.filter(parked_car__in=stays.values("pk")).update(asset_public_id="")
    stays.update(plate="")
