"""Two MPs that pick up one bill at once."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.legs.models import Leg
from apps.parking.models import ParkedCar
from apps.payments.models import JournalEntry
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import HERE, confirmed
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 8


def payers() -> list[TompClient]:
    return [client(planning=[], booking=["NORMAL", "ONE_STOP", "PICK_UP_THE_BILL"]) for _ in range(CLIENTS)]


def test_one_of_many_picks_up_the_bill(operator: Any) -> None:
    car = factories.ParkedCarFactory()
    plan = {"from": HERE, "useAssets": [car.plate]}
    mps = payers()
    offers = [mp.post("/planning/offers", plan).body["options"][0]["id"] for mp in mps]
    half = CLIENTS // 2
    calls = [lambda mp=mp, o=o: mp.post("/bookings", {"id": o}) for mp, o in zip(mps[:half], offers, strict=False)]
    calls += [lambda mp=mp: mp.post("/bookings/one-stop", plan) for mp in mps[half:]]
    answers = Counter(answer.status for answer in at_once(calls))
    assert answers[201] == 1
    assert answers[406] + answers[409] == CLIENTS - 1
    assert Leg.objects.filter(parked_car=car).count() == JournalEntry.objects.count() == 1


def test_without_the_lock_all_see_the_car_parked_and_the_constraint_refuses_all_but_one(
    operator: Any, mp: TompClient
) -> None:
    car = factories.ParkedCarFactory()
    legs = [confirmed(mp, factories.AssetFactory()) for _ in range(CLIENTS)]
    seen = threading.Barrier(CLIENTS)

    def pick_up(leg: str) -> str:
        parked = ParkedCar.objects.filter(pk=car.pk, ended_at=None).exists()
        seen.wait(timeout=30)
        try:
            with transaction.atomic():
                ParkedCar.objects.filter(pk=car.pk).update(ended_at=timezone.now())
                Leg.objects.filter(pk=leg).update(parked_car=car)
        except IntegrityError:
            return f"parked: {parked}, refused"
        return f"parked: {parked}, billed"

    outcomes = Counter(at_once([lambda leg=leg: pick_up(leg) for leg in legs]))
    assert outcomes == {"parked: True, billed": 1, "parked: True, refused": CLIENTS - 1}


def test_without_lock_and_constraint_a_stay_would_be_billed_often(operator: Any, mp: TompClient) -> None:
    car = factories.ParkedCarFactory()
    legs = [confirmed(mp, factories.AssetFactory()) for _ in range(2)]
    seen = threading.Barrier(2)

    def pick_up(leg: str) -> bool:
        parked = ParkedCar.objects.filter(pk=car.pk, ended_at=None).exists()
        seen.wait(timeout=30)
        if parked:
            Leg.objects.filter(pk=leg).update(parked_car=car)
        return parked

    with connection.schema_editor() as editor:
        unique = "legs_leg_parked_car_id_key"
        editor.execute(f"ALTER TABLE legs_leg DROP CONSTRAINT {unique}")
    try:
        assert at_once([lambda leg=leg: pick_up(leg) for leg in legs]) == [True, True]
        assert Leg.objects.filter(parked_car=car).count() == 2
    finally:
        Leg.objects.update(parked_car=None)
        with connection.schema_editor() as editor:
            editor.execute(f"ALTER TABLE legs_leg ADD CONSTRAINT {unique} UNIQUE (parked_car_id)")
