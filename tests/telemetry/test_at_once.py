"""Telemetry and others at the same time: real threads, real connections."""

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from apps.assets.models import Asset
from apps.telemetry import services
from apps.telemetry.models import TrailPoint
from apps.telemetry.services import take
from tests import factories
from tests.concurrency.test_races import at_once
from tests.rides import event, leg_that_is
from tests.telemetry.sending import reading
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_an_order_of_locks_two_batches_deadlock(operator: Any) -> None:
    """The race is real: each holds what the other wants next."""
    first, second = factories.AssetFactory(), factories.AssetFactory()
    both = threading.Barrier(2)

    def update(*assets: Asset) -> str:
        try:
            with transaction.atomic():
                for asset in assets:
                    Asset.objects.filter(pk=asset.pk).update(mileage=1)
                    if asset is assets[0]:
                        both.wait(10)
        except OperationalError as error:
            return type(error.__cause__).__name__
        return "ok"

    assert sorted(at_once([lambda: update(first, second), lambda: update(second, first)])) == ["DeadlockDetected", "ok"]


def test_batches_over_the_same_assets_in_any_order_do_not_deadlock(
    operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = factories.AssetTypeFactory()
    begin = timezone.now() - timedelta(hours=1)
    place = {"latitude": 52, "longitude": 5, "position_at": begin}
    Asset.objects.bulk_create(
        Asset(code=f"C{number:03}", asset_type=kind, state="IN_USE", **place) for number in range(200)
    )
    assets = list(Asset.objects.order_by("pk"))

    def batches(number: int) -> list[Any]:
        refused: list[Any] = []
        for round_ in range(5):
            shuffled = random.Random(number * 100 + round_).sample(assets, len(assets))
            at = begin + timedelta(minutes=round_, seconds=number)
            sent = [reading(one, at=at, lat=52.1, lng=5.1, mileage=round_) for one in shuffled]
            refused += take(sent, now=timezone.now())
        return refused

    monkeypatch.setattr(services, "ATTEMPTS", 1)  # a deadlock would be an error, not a second try
    assert at_once([lambda n=number: batches(n) for number in range(8)]) == [[]] * 8
    assert TrailPoint.objects.count() == 8 * 5 * 200
    last = begin + timedelta(minutes=4, seconds=7)
    assert set(Asset.objects.values_list("seen_at", "position_at", "mileage")) == {(last, last, 4.0)}


def test_readings_come_while_rides_end(mp: TompClient, operator: Any) -> None:
    kind = factories.AssetTypeFactory()
    assets = [factories.AssetFactory(asset_type=kind) for _ in range(8)]
    legs = [leg_that_is(mp, asset, "IN_USE") for asset in assets]

    def report(seed: int) -> list[Any]:
        refused: list[Any] = []
        for round_ in range(10):
            shuffled = random.Random(seed * 100 + round_).sample(assets, len(assets))
            refused += take([reading(one, lat=52.1, lng=5.1, stateOfCharge=50) for one in shuffled], now=timezone.now())
        return refused

    finishes = [lambda leg=leg: event(mp, leg, "FINISH").status for leg in legs]
    answers = at_once([*finishes, *(lambda n=n: report(n) for n in range(4))])

    assert answers == [200] * 8 + [[]] * 4
    assert set(Asset.objects.values_list("state", "latitude", "state_of_charge")) == {("AVAILABLE", 52.1, 50)}
