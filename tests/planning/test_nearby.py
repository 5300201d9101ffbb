"""What is near: whom it is offered to, what it tells of single assets, and how near is measured."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
CALLS = ("/planning/inquiries", "/planning/offers", "/plannings", "/plannings?booking-intent=true")
Position = tuple[float, float]


def options(mp: TompClient, path: str = "/planning/offers", **plan: Any) -> list[dict[str, Any]]:
    answer = mp.post(path, {"from": HERE, **plan})
    assert answer.status == 201, answer
    return answer.body["options"]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [option["mainAssetType"]["id"] for option in found]


@pytest.mark.parametrize("path", CALLS)
def test_nothing_published_nothing_told(operator: Any, asset: Any, path: str) -> None:
    newcomer = TompClient(factories.ProviderFactory(document__none=True))
    for plan in ({}, {"useAssets": [asset.public_id]}):
        answer = newcomer.post(path, {"from": HERE, **plan})
        assert (answer.status, answer.body["errorcode"]) == (403, 2006)


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("planning", [[], ["EXACT_ID"]])
def test_i_want_an_asset_now_gets_a_type_and_no_asset(operator: Any, path: str, planning: list[str]) -> None:
    """Single assets are listed only with ASSET_BASED and EXACT_ID, as in available-assets."""
    asset = factories.AssetFactory(latitude=52.09074, longitude=5.12136)
    (option,) = options(client(planning=planning), path)
    assert "asset" not in option["legs"][0]
    assert option["from"] == option["legs"][0]["from"] == {"coordinates": {"lat": 52.091, "lng": 5.121}}
    assert asset.public_id not in str(option)
    assert types([option]) == [asset.asset_type.type_id]


def test_the_booking_tells_which_asset_it_is(operator: Any) -> None:
    asset = factories.AssetFactory(latitude=52.09074, longitude=5.12136)
    mp = client(planning=[])
    (option,) = options(mp)
    booking = mp.post("/bookings", {"id": option["id"]}).body
    exact = {"lat": 52.09074, "lng": 5.12136}
    assert booking["from"]["coordinates"] == exact
    assert booking["legs"][0]["asset"]["id"] == asset.public_id
    assert booking["legs"][0]["asset"]["overriddenProperties"]["location"]["coordinates"] == exact


def test_each_type_is_offered_once_from_each_station_and_once_elsewhere_the_nearest_first(operator: Any) -> None:
    bike, scooter = factories.AssetTypeFactory(type_id="bike"), factories.AssetTypeFactory(type_id="scooter")
    square = factories.StationFactory(station_id="square", latitude=52.0920, longitude=5.1214)
    factories.AssetFactory(asset_type=scooter, latitude=52.0915)
    (near, _) = (factories.AssetFactory(asset_type=bike, latitude=latitude) for latitude in (52.0908, 52.0912))
    factories.AssetFactory.create_batch(2, asset_type=bike, station=square, latitude=52.0920)
    factories.AssetFactory(asset_type=bike, latitude=52.2)
    mp = client(planning=[])
    found = options(mp)
    assert [(option["mainAssetType"]["id"], option["from"].get("stationId")) for option in found] == [
        ("bike", None),
        ("scooter", None),
        ("bike", "square"),
    ]
    assert mp.post("/bookings", {"id": found[0]["id"]}).body["legs"][0]["asset"]["id"] == near.public_id
    assert len(options(mp)) == 3, "the next nearest takes its place"
    assert options(mp, radius=0) == []


def test_a_private_station_is_not_given_away(operator: Any) -> None:
    depot = factories.StationFactory(station_id="depot", is_public=False, latitude=52.09071, longitude=5.12141)
    factories.AssetFactory(station=depot, latitude=52.09074, longitude=5.12136)
    (option,) = options(client(planning=[]))
    assert option["from"] == {"coordinates": {"lat": 52.091, "lng": 5.121}}


# --- how near is near --------------------------------------------------------------------------------

AROUND_THE_GLOBE: list[tuple[Position, Position, Position]] = [  # here, within 100 metres, and not
    ((0.0, 0.0), (0.0, -0.0005), (0.0, 1.0)),
    ((-17.0, 179.9998), (-17.0, -179.9998), (-17.0, 179.9)),
    ((-17.0, -179.9998), (-17.0, 179.9998), (-17.0, 0.0)),
    ((89.9999, 12.0), (89.9999, -168.0), (89.99, 12.0)),
    ((60.0, 5.0), (60.0, 5.0017), (60.0, 5.0019)),
]


def place(position: Position) -> dict[str, Any]:
    return {"coordinates": {"lat": position[0], "lng": position[1]}}


def lying(position: Position) -> dict[str, float]:
    return {"latitude": position[0], "longitude": position[1]}


@pytest.mark.parametrize(("here", "near", "far"), AROUND_THE_GLOBE)
def test_assets_are_near_along_the_globe(operator: Any, here: Position, near: Position, far: Position) -> None:
    close = factories.AssetFactory(**lying(near))
    factories.AssetFactory(**lying(far))
    found = options(client(planning=[]), **{"from": place(here), "radius": 100})
    assert types(found) == [close.asset_type.type_id]


@pytest.mark.parametrize(("here", "near", "far"), AROUND_THE_GLOBE)
def test_stations_are_near_along_the_globe(operator: Any, here: Position, near: Position, far: Position) -> None:
    for station_id, position in (("near", near), ("far", far)):
        station = factories.StationFactory(station_id=station_id, **lying(position))
        factories.AssetFactory(station=station, **lying(position))
    plan = {"from": place(here), "radius": 100, "departureTime": at(factories.soon(60))}
    found = options(client(planning=["PLANNING_BASED"]), **plan)
    assert [option["from"]["stationId"] for option in found] == ["near"]


# --- what it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    (
        "path",
        "planning",
        "statements",
    ),  # credentials, pricing rules, assets, fare parts; places need two counts; offers and their legs are stored
    [
        ("/planning/inquiries", ["ASSET_BASED", "EXACT_ID"], 5),
        ("/planning/offers", ["ASSET_BASED", "EXACT_ID"], 7),
        ("/planning/inquiries", [], 5),
        ("/planning/offers", [], 7),
        ("/planning/inquiries", ["PLANNING_BASED"], 8),
        ("/planning/offers", ["PLANNING_BASED"], 10),
    ],
)
def test_its_statements_do_not_grow_with_the_options(
    operator: Any, path: str, planning: list[str], statements: int
) -> None:
    mp = client(planning=planning)
    plan: dict[str, Any] = {"from": HERE, "departureTime": at(factories.soon(60)), "useAssets": []}
    counts = {}
    for size in (1, 20):
        for _ in range(size - len(plan["useAssets"])):
            home = factories.StationFactory(latitude=52.0907, longitude=5.1214)
            asset = factories.AssetFactory(station=home, home_station=home)
            plan["useAssets"].append(asset.public_id)
        asked = plan if "ASSET_BASED" in planning else {**plan, "useAssets": []}
        mp.post(path, asked)
        with CaptureQueriesContext(connection) as queries:
            answer = mp.post(path, asked)
        assert len(answer.body["options"]) == size
        counts[size] = len(queries)
    assert counts == {1: statements, 20: statements}


def test_a_named_asset_is_told_in_full(mp: TompClient) -> None:
    home = factories.StationFactory(station_id="home")
    asset = factories.AssetFactory(home_station=home, latitude=52.09074, longitude=5.12136)
    (option,) = options(mp, useAssets=[asset.public_id])
    assert option["from"] == {"coordinates": {"lat": 52.09074, "lng": 5.12136}}
    assert option["legs"][0]["asset"]["homeStationId"] == "home"
    assert pending(mp, asset)
