"""Places promised at a station leave fewer assets to hire there, in every call that tells what is free."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.bookable import bookable_assets
from apps.assets.models import AssetType, Reservation
from apps.assets.pools import free_places
from apps.stations.models import Station
from tests import factories
from tests.tomp_client import TompClient

HOUR = timedelta(hours=1)
PATH = "/operator/available-assets"


@pytest.fixture
def station(operator: Any) -> Station:
    return factories.StationFactory(station_id="square", capacity=5)


@pytest.fixture
def bike(operator: Any) -> AssetType:
    return factories.AssetTypeFactory(type_id="bike")


def promise_place(station: Station, kind: AssetType, start: datetime, end: datetime | None, **fields: Any) -> None:
    Reservation.objects.create(station=station, asset_type=kind, period=DateTimeTZRange(start, end), **fields)


def told(mp: TompClient, query: str = "") -> list[tuple[Any, ...]]:
    """Each group: type, station, how many, how many listed."""
    answer = mp.get(f"{PATH}{query}")
    assert answer.status == 200, answer
    return [(group["id"], group.get("stationId"), group["nrAvailable"], len(group["assets"])) for group in answer.body]


def standing(mp: TompClient) -> tuple[Any, ...]:
    (body,) = mp.get("/operator/stations").body
    return body["assetTypesAvailable"], body["assetsAvailable"], body["docksAvailable"]


def test_a_promised_place_is_one_asset_less(mp: TompClient, station: Station, bike: AssetType) -> None:
    now = timezone.now()
    factories.AssetFactory.create_batch(2, asset_type=bike, station=station)
    scooter = factories.AssetFactory(asset_type=factories.AssetTypeFactory(type_id="scooter"), station=station)
    factories.AssetFactory(asset_type=bike)
    elsewhere, free_floating = ("scooter", "square", 1, 1), ("bike", None, 1, 1)
    assert told(mp) == [free_floating, ("bike", "square", 2, 2), elsewhere]
    assert standing(mp) == ({"bike": 2, "scooter": 1}, 3, 2)
    promise_place(station, bike, now + HOUR, now + 3 * HOUR)
    assert told(mp) == [free_floating, ("bike", "square", 1, 1), elsewhere]
    assert standing(mp) == ({"bike": 1, "scooter": 1}, 2, 2)
    promise_place(station, bike, now + 2 * HOUR, None)
    assert told(mp) == [free_floating, elsewhere]
    assert standing(mp) == ({"bike": 0, "scooter": 1}, 1, 2)
    bookable = bookable_assets(start=now, end=None, now=now)
    assert set(bookable.exclude(station=None)) == {scooter}


@pytest.mark.parametrize("fields", [{"released_at": timezone.now()}, {"expires_at": timezone.now() - HOUR}])
def test_a_place_that_is_no_longer_promised_takes_none(
    mp: TompClient, station: Station, bike: AssetType, fields: dict[str, Any]
) -> None:
    factories.AssetFactory(asset_type=bike, station=station)
    promise_place(station, bike, timezone.now(), None, **fields)
    assert told(mp) == [("bike", "square", 1, 1)]
    assert standing(mp) == ({"bike": 1}, 1, 4)


def test_a_place_of_the_past_or_of_another_pool_takes_none(mp: TompClient, station: Station, bike: AssetType) -> None:
    now = timezone.now()
    factories.AssetFactory(asset_type=bike, station=station)
    promise_place(station, bike, now - 2 * HOUR, now - HOUR)
    promise_place(station, factories.AssetTypeFactory(), now, None)
    promise_place(factories.StationFactory(is_public=False), bike, now, None)
    assert told(mp) == [("bike", "square", 1, 1)]
    assert standing(mp) == ({"bike": 1}, 1, 4)


def test_places_one_after_the_other_need_one_asset_between_them(
    mp: TompClient, station: Station, bike: AssetType
) -> None:
    now = timezone.now()
    factories.AssetFactory.create_batch(2, asset_type=bike, station=station)
    for day in range(1, 5):
        promise_place(station, bike, now + day * HOUR, now + (day + 1) * HOUR)
    assert told(mp) == [("bike", "square", 1, 1)]
    assert standing(mp) == ({"bike": 1}, 1, 3)
    assert bookable_assets(start=now, end=None, now=now).count() == 2, "either of the two, not both"


def test_an_asset_promised_by_name_keeps_no_place(mp: TompClient, station: Station, bike: AssetType) -> None:
    """Of three bikes one is someone's over the time of the place: the place needs one of the other two."""
    now = timezone.now()
    named, *_ = factories.AssetFactory.create_batch(3, asset_type=bike, station=station)
    Reservation.objects.create(asset_type=bike, asset=named, period=DateTimeTZRange(now + HOUR, now + 2 * HOUR))
    promise_place(station, bike, now + HOUR, now + 2 * HOUR)
    assert told(mp) == [("bike", "square", 1, 1)]
    assert standing(mp) == ({"bike": 1}, 1, 2)


def test_a_filter_that_shows_a_part_of_the_pool_counts_the_whole(
    mp: TompClient, station: Station, bike: AssetType
) -> None:
    now = timezone.now()
    factories.AssetFactory.create_batch(2, asset_type=bike, station=station, latitude=52.0907)
    factories.AssetFactory(asset_type=bike, station=station, latitude=52.0990)
    promise_place(station, bike, now, None)
    assert told(mp, "?boundingbox=52.0985,52.0995,5,6") == [("bike", "square", 1, 1)]
    assert told(mp) == [("bike", "square", 2, 2)]
    promise_place(station, bike, now, None)
    promise_place(station, bike, now, None)
    assert told(mp, "?boundingbox=52.0985,52.0995,5,6") == []


def test_assets_of_a_private_station_keep_its_places_too(mp: TompClient, bike: AssetType) -> None:
    depot = factories.StationFactory(station_id="depot", is_public=False)
    factories.AssetFactory.create_batch(2, asset_type=bike, station=depot)
    promise_place(depot, bike, timezone.now(), None)
    assert told(mp) == [("bike", None, 1, 1)]


def test_an_index_answers_what_is_promised_at_a_station(station: Station, bike: AssetType) -> None:
    now = timezone.now()
    stations = [station, *factories.StationFactory.create_batch(20)]
    Reservation.objects.bulk_create(  # most of them over, as it is after a while
        Reservation(
            asset_type=bike,
            station=one,
            period=DateTimeTZRange(now + number * HOUR, now + (number + 1) * HOUR),
            released_at=now if number % 20 else None,
        )
        for number in range(100)
        for one in stations
    )
    with CaptureQueriesContext(connection) as asked:
        free_places([station.pk], start=now, end=None, now=now)
    (promised,) = (query["sql"] for query in asked if '"asset_id" IS NULL' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE assets_reservation")
        cursor.execute(f"EXPLAIN {promised}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "reservation_live_place" in plan, plan
