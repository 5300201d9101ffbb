"""When the stay of a parked car ends."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from apps.parking.models import ParkedCar
from apps.tomp.errors import AssetTaken, IllegalState


def lock_cars(ids: Iterable[int]) -> dict[int, ParkedCar]:
    """Lock parked cars in the order of their keys, and return them by key, with type and station."""
    locked = ParkedCar.objects.filter(pk__in=set(ids)).select_related("asset_type", "station").order_by("pk")
    return {car.pk: car for car in locked.select_for_update(of=("self",))}


def check_parked(car: ParkedCar) -> None:
    """Raise `AssetTaken` where the stay of a locked car has ended."""
    if car.ended_at is not None:
        raise AssetTaken(gettext("The car is no longer parked, or its bill has been picked up."))


def end_as_billed(car: ParkedCar, *, now: datetime) -> None:
    """End the stay of a locked car because somebody pays for it."""
    car.ended_at = now
    car.save(update_fields=["ended_at"])


@transaction.atomic
def end_stay(*, car_id: int) -> ParkedCar:
    """The car has left, and nobody pays by an MP. Raises `IllegalState` where its stay has ended already."""
    car = lock_cars([car_id])[car_id]
    if car.ended_at is not None:
        raise IllegalState(gettext("The stay of this car has ended already."))
    car.ended_at = max(timezone.now(), car.since)
    car.save(update_fields=["ended_at"])
    return car
