"""GET /operator/stations."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from apps.assets.models import Reservation
from apps.stations.models import AssetTypeCapacity
from tests import factories
from tests.tomp_client import TompClient


def ids(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    return [station["stationId"] for station in answer.body]


def test_it_describes_a_station(mp: TompClient) -> None:
    factories.StationFactory(
        station_id="square",
        region=factories.RegionFactory(region_id="centre"),
        street_address="Square 1",
        area_reference="Utrecht",
        country="NL",
        parking_type="STREET_PARKING",
    )
    answer = mp.get("/operator/stations", headers={"Accept-Language": "nl"})
    assert answer.body == [
        {
            "stationId": "square",
            "name": "Stationsplein",
            "coordinates": {"lng": 5.11, "lat": 52.09},
            "physicalAddress": {"streetAddress": "Square 1", "areaReference": "Utrecht", "country": "NL"},
            "regionId": "centre",
            "parkingType": "STREET_PARKING",
            "isVirtual": False,
            "isValetStation": False,
            "isChargingStation": False,
            "isInstalled": True,
            "isRenting": True,
            "isReturning": True,
            "capacity": 10,
            "assetsAvailable": 0,
            "assetTypesAvailable": {},
            "docksAvailable": 10,
        }
    ]


def test_it_describes_what_a_station_has(mp: TompClient) -> None:
    area = factories.RegionFactory.service_area
    factories.StationFactory(
        is_virtual=True,
        station_area=area,
        is_valet_station=True,
        parking_hoop=False,
        rental_methods=["CREDITCARD", "OTHER"],
        rental_method_other="iDEAL",
    )
    (station,) = mp.get("/operator/stations").body
    assert station["stationArea"] == area
    assert (station["isVirtual"], station["isValetStation"], station["parkingHoop"]) == (True, True, False)
    assert (station["rentalMethods"], station["rentalMethodOther"]) == (["CREDITCARD", "OTHER"], "iDEAL")


def test_places_may_fit_a_type_only(mp: TompClient) -> None:
    station = factories.StationFactory(capacity=6)
    bike, scooter, cargo = (factories.AssetTypeFactory(type_id=name) for name in ("bike", "scooter", "cargo"))
    for asset_type, capacity in ((bike, 4), (scooter, 6), (cargo, 1)):
        AssetTypeCapacity.objects.create(station=station, asset_type=asset_type, capacity=capacity)
    factories.AssetFactory(asset_type=bike, station=station, state="MAINTENANCE")
    factories.AssetFactory.create_batch(2, asset_type=cargo, station=station)
    body = mp.get("/operator/stations").body[0]
    assert body["assetTypeCapacity"] == {"bike": 4, "cargo": 1, "scooter": 6}
    assert body["docksAvailable"] == 3
    assert body["assetDocksAvailable"] == {"bike": 3, "cargo": 0, "scooter": 3}  # no more than are free in all


def test_it_counts_what_stands_there_and_what_can_be_hired(mp: TompClient) -> None:
    now = timezone.now()
    station = factories.StationFactory(capacity=6)
    bike, scooter = factories.AssetTypeFactory(type_id="bike"), factories.AssetTypeFactory(type_id="scooter")
    _, promised, held, over = factories.AssetFactory.create_batch(4, asset_type=bike, station=station)
    factories.AssetFactory(asset_type=bike, station=station, state="MAINTENANCE")
    factories.AssetFactory(asset_type=bike, station=station, state="IN_USE")
    factories.AssetFactory(asset_type=scooter, station=station)
    for asset, expiry in ((promised, None), (held, timedelta(minutes=5)), (over, timedelta(minutes=-5))):
        Reservation.objects.create(
            asset_type=bike,
            asset=asset,
            period=DateTimeTZRange(now, None),
            expires_at=None if expiry is None else now + expiry,
        )
    body = mp.get("/operator/stations").body[0]
    assert body["assetTypesAvailable"] == {"bike": 2, "scooter": 1}
    assert body["assetsAvailable"] == 3
    assert body["docksAvailable"] == 0  # six stand there, four of them promised, held or in the workshop


def test_more_assets_than_docks_leave_none_free(mp: TompClient) -> None:
    station = factories.StationFactory(capacity=1)
    factories.AssetFactory.create_batch(3, station=station)
    assert mp.get("/operator/stations").body[0]["docksAvailable"] == 0


def test_a_station_without_a_capacity_counts_no_docks(mp: TompClient) -> None:
    factories.StationFactory(capacity=None)
    body = mp.get("/operator/stations").body[0]
    assert not {"capacity", "docksAvailable"} & body.keys()


def test_private_stations_are_not_published(mp: TompClient) -> None:
    factories.StationFactory(station_id="depot", is_public=False)
    factories.StationFactory(station_id="square")
    assert ids(mp.get("/operator/stations")) == ["square"]


def test_it_filters_by_region(mp: TompClient) -> None:
    factories.StationFactory(station_id="in", region=factories.RegionFactory(region_id="centre"))
    factories.StationFactory(station_id="out", region=factories.RegionFactory(region_id="harbour"))
    factories.RegionFactory(region_id="empty")
    assert ids(mp.get("/operator/stations?regionId=centre")) == ["in"]
    assert ids(mp.get("/operator/stations?regionId=empty")) == []
    answer = mp.get("/operator/stations?regionId=nowhere")
    assert (answer.status, answer.body["errorcode"]) == (400, 1002)
    assert "regionId" in answer.body["detail"]


def test_it_filters_by_distance_along_the_globe(mp: TompClient) -> None:
    # One degree of latitude is 111,195 metres; one of longitude at 60° north half of that.
    factories.StationFactory(station_id="north", latitude=61, longitude=5)
    factories.StationFactory(station_id="east", latitude=60, longitude=6)
    path = "/operator/stations?lat=60&lon=5&radius="
    assert ids(mp.get(path + "55000")) == []
    assert ids(mp.get(path + "56000")) == ["east"]
    assert ids(mp.get(path + "111000")) == ["east"]
    assert ids(mp.get(path + "111300")) == ["east", "north"]
    assert ids(mp.get(path + "1e300")) == ["east", "north"]


@pytest.mark.parametrize(
    ("here", "near", "far"),  # latitude and longitude; near is within 100 metres
    [
        ((0.0, 0.0), (0.0, -0.0005), (0.0, 1.0)),
        ((-33.9, -70.6), (-33.9, -70.6005), (33.9, 70.6)),
        ((89.9999, 12.0), (89.9999, -168.0), (89.99, 12.0)),
        ((-90.0, 0.0), (-89.9999, 135.0), (-89.99, 0.0)),
        ((0.0, 180.0), (0.0, -179.9995), (0.0, 179.0)),
        ((0.0, -179.9999), (0.0, 179.9999), (0.0, 0.0)),
    ],
)
def test_every_place_on_the_globe_can_be_asked_about(
    mp: TompClient, here: tuple[float, float], near: tuple[float, float], far: tuple[float, float]
) -> None:
    factories.StationFactory(station_id="near", latitude=near[0], longitude=near[1])
    factories.StationFactory(station_id="far", latitude=far[0], longitude=far[1])
    assert ids(mp.get(f"/operator/stations?lat={here[0]}&lon={here[1]}&radius=100")) == ["near"]


@pytest.mark.parametrize("path", ["stations", "available-assets"])
@pytest.mark.parametrize(
    ("query", "code", "name"),
    [
        ("lat=52", 1001, "lon"),
        ("lat=52&lon=5", 1001, "radius"),
        ("lon=5&radius=100", 1001, "lat"),
        ("lat=91&lon=5&radius=100", 1002, "lat"),
        ("lat=52&lon=-180.01&radius=100", 1002, "lon"),
        ("lat=nan&lon=5&radius=100", 1002, "lat"),
        ("lat=52&lon=Infinity&radius=100", 1002, "lon"),
        ("lat=52&lon=5&radius=-1", 1002, "radius"),
        ("lat=52&lon=5&radius=1e999", 1002, "radius"),
        ("lat=52&lon=five&radius=1", 1002, "lon"),
        ("lat=&lon=5&radius=1", 1002, "lat"),
    ],
)
def test_a_circle_that_cannot_be_is_refused(mp: TompClient, path: str, query: str, code: int, name: str) -> None:
    answer = mp.get(f"/operator/{path}?{query}")
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert answer.body["detail"].startswith(name)


def test_pages_are_in_the_order_of_the_ids(mp: TompClient) -> None:
    for station_id in ("b", "c", "a"):
        factories.StationFactory(station_id=station_id)
    answer = mp.get("/operator/stations?limit=2")
    assert ids(answer) == ["a", "b"]
    assert answer.headers["Link"] == '<http://testserver/tomp/operator/stations?limit=2&offset=2>; rel="next"'
    last = mp.get("/operator/stations?limit=2&offset=2")
    assert ids(last) == ["c"]
    assert "Link" not in last.headers


def test_it_takes_three_statements_whatever_the_size(mp: TompClient, django_assert_num_queries: Any) -> None:
    mp.get("/operator/stations")
    for size in (1, 20):
        for station in factories.StationFactory.create_batch(size):
            factories.AssetFactory.create_batch(2, station=station)
        with django_assert_num_queries(3):  # credentials, stations, what stands there
            assert len(mp.get("/operator/stations").body) >= size


def test_it_says_when_nothing_changed(mp: TompClient) -> None:
    station = factories.StationFactory()
    tag = mp.get("/operator/stations").headers["ETag"]
    headers = {**mp.headers, "If-None-Match": tag}
    assert mp.client.get("/tomp/operator/stations", headers=headers).status_code == 304
    factories.AssetFactory(station=station)
    assert mp.client.get("/tomp/operator/stations", headers=headers).status_code == 200
