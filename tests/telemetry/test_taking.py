"""What readings change: the asset, and its trail."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.assets.models import Asset
from apps.telemetry.models import TrailPoint
from apps.telemetry.services import take
from tests import factories
from tests.telemetry.sending import reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> datetime:
    """A little ago, so that what comes after it lies in no future."""
    return timezone.now() - timedelta(hours=3)


@pytest.fixture
def parked(operator: Any, noon: datetime) -> Asset:
    """A bike that stands at no station, heard of last before `noon`."""
    return factories.AssetFactory(position_at=noon - timedelta(hours=1))


@pytest.fixture
def ridden(operator: Any, noon: datetime) -> Asset:
    """A bike in use, hired at a station."""
    station = factories.StationFactory()
    return factories.AssetFactory(state="IN_USE", station=station, position_at=noon - timedelta(hours=1))


def taken(*readings: dict[str, Any]) -> None:
    """Take readings that are all good."""
    assert take(list(readings), now=timezone.now()) == []


def trail(asset: Asset) -> list[tuple[datetime, float | None, float | None]]:
    """When, latitude, mileage."""
    return list(TrailPoint.objects.filter(asset=asset).order_by("at").values_list("at", "latitude", "mileage"))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_latest_counts_in_whatever_order_they_come(parked: Asset, noon: datetime) -> None:
    taken(
        reading(parked, at=noon + minutes(2), lat=52.2, lng=5.2),
        reading(parked, at=noon + minutes(3), stateOfCharge=63),
        reading(parked, at=noon, lat=52.0, lng=5.0, stateOfCharge=65),
    )
    parked.refresh_from_db()
    assert (parked.latitude, parked.position_at) == (52.2, noon + minutes(2))
    assert (parked.state_of_charge, parked.seen_at) == (63, noon + minutes(3))


def test_a_late_reading_is_kept_in_the_trail_and_moves_nothing_back(ridden: Asset, noon: datetime) -> None:
    taken(reading(ridden, at=noon + minutes(5), lat=52.2, lng=5.2, stateOfCharge=60, mileage=11, lockState="UNLOCKED"))
    before = Asset.objects.values().get()
    taken(reading(ridden, at=noon, lat=52.0, lng=5.0, stateOfCharge=70, mileage=10, lockState="LOCKED"))
    assert Asset.objects.values().get() == before
    assert trail(ridden) == [(noon, 52.0, 10.0), (noon + minutes(5), 52.2, 11.0)]


def test_saying_it_twice_is_saying_it_once(ridden: Asset, noon: datetime) -> None:
    said = reading(ridden, at=noon, lat=52.2, lng=5.2, stateOfCharge=60)
    taken(said, said)
    before = (Asset.objects.values().get(), trail(ridden))
    taken(said)
    assert (Asset.objects.values().get(), trail(ridden)) == before
    assert len(trail(ridden)) == 1


def test_messages_of_one_moment_complete_each_other(ridden: Asset, noon: datetime) -> None:
    taken(reading(ridden, at=noon, lat=52.2, lng=5.2))
    taken(reading(ridden, at=noon, mileage=12.5))
    taken(reading(ridden, at=noon, stateOfCharge=41))
    ridden.refresh_from_db()
    assert (ridden.latitude, ridden.mileage, ridden.state_of_charge) == (52.2, 12.5, 41)
    assert trail(ridden) == [(noon, 52.2, 12.5)]


def test_where_staff_or_a_finish_put_it_later_it_stays(ridden: Asset, noon: datetime) -> None:
    Asset.objects.update(latitude=52.3, position_at=noon + minutes(1))
    taken(reading(ridden, at=noon, lat=52.0, lng=5.0))
    ridden.refresh_from_db()
    assert ridden.latitude == 52.3


def test_an_asset_at_a_station_stays_there_wherever_it_is_seen(operator: Any, noon: datetime) -> None:
    """Places in the station's pool are promised on the strength of it; staff are shown how far away it was seen."""
    station = factories.StationFactory()
    asset = factories.AssetFactory(station=station, position_at=noon - minutes(60))
    before = Asset.objects.values("latitude", "longitude", "position_at", "station").get()
    taken(reading(asset, at=noon, lat=52.5, lng=5.5, stateOfCharge=9))
    assert Asset.objects.values("latitude", "longitude", "position_at", "station").get() == before
    assert Asset.objects.get().state_of_charge == 9
    assert trail(asset) == [(noon, 52.5, None)]


def test_a_ride_moves_the_asset_but_not_its_pool(ridden: Asset, noon: datetime) -> None:
    taken(reading(ridden, at=noon, lat=52.5, lng=5.5))
    fresh = Asset.objects.get()
    assert (fresh.latitude, fresh.station) == (52.5, ridden.station)


def test_a_ride_leaves_every_point_a_parked_asset_one_an_hour(ridden: Asset, parked: Asset, noon: datetime) -> None:
    for minute in range(0, 150, 10):
        at = noon + minutes(minute)
        taken(reading(ridden, at=at, lat=52.1, lng=5.1), reading(parked, at=at, lat=52.1, lng=5.1))
    assert len(trail(ridden)) == 15
    assert [at for at, *_ in trail(parked)] == [noon, noon + minutes(60), noon + minutes(120)]


def test_of_a_parked_assets_batch_the_latest_is_kept(parked: Asset, noon: datetime) -> None:
    taken(*(reading(parked, at=noon + minutes(n), lat=52.1, lng=5.1) for n in (3, 1, 2)))
    assert [at for at, *_ in trail(parked)] == [noon + minutes(3)]


def test_the_first_reading_after_a_ride_is_kept(ridden: Asset, noon: datetime) -> None:
    taken(reading(ridden, at=noon, mileage=7))
    Asset.objects.update(state="AVAILABLE")
    taken(reading(ridden, at=noon + minutes(1), mileage=7.1), reading(ridden, at=noon + minutes(2), mileage=7.2))
    taken(reading(ridden, at=noon + minutes(3), mileage=7.2))
    assert list(TrailPoint.objects.order_by("at").values_list("mileage", "in_use")) == [(7.0, True), (7.2, False)]


def test_a_reading_of_neither_place_nor_mileage_leaves_no_point(ridden: Asset, noon: datetime) -> None:
    taken(reading(ridden, at=noon, stateOfCharge=5))
    assert trail(ridden) == []
