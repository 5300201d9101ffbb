"""Licence plates of parked cars are forgotten some time after the stay."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.legs.models import Leg
from apps.legs.plates import forget_plates
from apps.parking.models import ParkedCar
from tests import factories
from tests.profiles import client
from tests.rides import HERE, everything

pytestmark = pytest.mark.django_db


def test_a_plate_is_forgotten_with_the_leg_that_paid_for_the_stay(operator: Any) -> None:
    payer = client(planning=[], booking=["ONE_STOP", "PICK_UP_THE_BILL"])
    paid, left, parked = (factories.ParkedCarFactory() for _ in range(3))
    booking = payer.post("/bookings/one-stop", {"from": HERE, "useAssets": [paid.plate]}).body["id"]
    ParkedCar.objects.filter(pk=left.pk).update(ended_at=timezone.now())
    before = everything()
    with time_machine.travel(timezone.now() + timedelta(days=settings.PLATE_DAYS, minutes=-1)):
        forget_plates(now=timezone.now())
        assert everything() == before
    with time_machine.travel(timezone.now() + timedelta(days=settings.PLATE_DAYS, minutes=1)):
        forget_plates(now=timezone.now())
        assert [ParkedCar.objects.get(pk=car.pk).plate for car in (paid, left, parked)] == ["", "", parked.plate]
        assert Leg.objects.get().asset_public_id == ""
        shown = payer.get(f"/bookings/{booking}")
        assert (shown.status, "asset" in shown.body["legs"][0]) == (200, False)
        factories.ParkedCarFactory(plate=paid.plate)


def test_a_car_that_is_parked_has_its_plate(operator: Any) -> None:
    with pytest.raises(IntegrityError, match="parked_car_plate"), transaction.atomic():
        factories.ParkedCarFactory(plate="")


def test_staff_see_that_it_is_forgotten_and_their_log_never_knew_it(operator: Any, admin_client: Client) -> None:
    car = factories.ParkedCarFactory(plate="AB12CD")
    admin_client.post(reverse("admin:parking_parkedcar_do", args=[car.pk, "end"]), {"reason": "paid in cash"})
    with time_machine.travel(timezone.now() + timedelta(days=settings.PLATE_DAYS, minutes=1)):
        forget_plates(now=timezone.now())
    assert "forgotten" in admin_client.get(reverse("admin:parking_parkedcar_changelist")).text
    assert "AB12CD" not in LogEntry.objects.get().object_repr
