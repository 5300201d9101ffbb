"""Which cars are parked."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from apps.parking.models import ParkedCar
from apps.parking.plates import normal_plate


def cars_parked(plates: Iterable[str], *, now: datetime) -> QuerySet[ParkedCar]:
    """The cars with these plates, however written, that are parked at `now`; plates of others are left out."""
    names = {normal_plate(plate) for plate in plates}
    return ParkedCar.objects.filter(plate__in=names, ended_at=None, since__lt=now).order_by("pk")
