"""GET /operator/available-assets: what is available, how it is grouped, filtered and paged."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.unpromised import free_assets
from apps.pricing.models import PricingPlan
from tests import factories
from tests.tomp_client import TompClient

PATH = "/operator/available-assets"


def listed(answer: Any) -> set[str]:
    """The ids of the assets in an answer."""
    assert answer.status == 200, answer
    return {asset["id"] for group in answer.body for asset in group["assets"]}


def promise(asset: Asset, start: datetime, end: datetime | None = None, **fields: Any) -> None:
    Reservation.objects.create(asset_type=asset.asset_type, asset=asset, period=DateTimeTZRange(start, end), **fields)


def test_it_describes_a_free_floating_bike(mp: TompClient) -> None:
    home = factories.StationFactory(station_id="home")
    asset_type = factories.AssetTypeFactory(
        type_id="city-bike", brand="Gazelle", model="Esprit", max_speed=25, helmet_required=True
    )
    asset = factories.AssetFactory(
        asset_type=asset_type, home_station=home, state_of_charge=0, mileage=12.5, latitude=0.0, longitude=-0.5
    )
    answer = mp.get(PATH)
    pricing = answer.body[0].pop("defaultPricingPlan")
    assert answer.body == [
        {
            "id": "city-bike",
            "nrAvailable": 1,
            "assetClass": "BICYCLE",
            "sharedProperties": {
                "name": "City bike",
                "brand": "Gazelle",
                "model": "Esprit",
                "maxSpeed": 25,
                "persons": 1,
                "propulsion": "MUSCLE",
                "accessMethods": ["DEEPLINK"],
                "helmetRequired": True,
                "defaultReserveTime": 15,
            },
            "applicablePricings": [pricing],
            "assets": [
                {
                    "id": asset.public_id,
                    "isReserved": False,
                    "isDisabled": False,
                    "homeStationId": "home",
                    "stateOfCharge": 0,
                    "mileage": 12.5,
                    "overriddenProperties": {"location": {"coordinates": {"lng": -0.5, "lat": 0.0}}},
                }
            ],
        }
    ]
    assert pricing == {
        "planId": PricingPlan.objects.get().plan_id,
        "name": "Pay as you go",
        "isTaxable": False,
        "description": "1.00 and 0.25 a minute",
        "fare": {
            "estimated": True,
            "description": "Pay as you go",
            "parts": [
                {
                    "amount": 1.0,
                    "amountExVat": 0.83,
                    "currencyCode": "EUR",
                    "vatRate": 21.0,
                    "vatCountryCode": "NL",
                    "type": "FIXED",
                    "kind": "DEFAULT",
                    "class": "FARE",
                    "assetState": "IN_USE",
                },
                {
                    "amount": 0.25,
                    "amountExVat": 0.21,
                    "currencyCode": "EUR",
                    "vatRate": 21.0,
                    "vatCountryCode": "NL",
                    "type": "FLEX",
                    "kind": "DEFAULT",
                    "class": "FARE",
                    "units": 1.0,
                    "unitType": "MINUTE",
                    "assetState": "IN_USE",
                },
            ],
        },
    }


def test_texts_are_in_the_language_asked_for(mp: TompClient, asset: Asset) -> None:
    answer = mp.get(PATH, headers={"Accept-Language": "nl"})
    assert answer.headers["Content-Language"] == "nl"
    assert answer.body[0]["sharedProperties"]["name"] == "Stadsfiets"
    assert answer.body[0]["defaultPricingPlan"]["name"] == "Betaal per rit"


def test_docked_assets_are_grouped_by_station_and_others_by_type_alone(mp: TompClient) -> None:
    bike, scooter = factories.AssetTypeFactory(type_id="bike"), factories.AssetTypeFactory(type_id="scooter")
    north, south = factories.StationFactory(station_id="n"), factories.StationFactory(station_id="s")
    factories.AssetFactory.create_batch(3, asset_type=bike)
    factories.AssetFactory.create_batch(2, asset_type=bike, station=north)
    factories.AssetFactory(asset_type=bike, station=south)
    factories.AssetFactory(asset_type=scooter, station=north)
    groups = [
        (group["id"], group.get("stationId"), group["nrAvailable"], len(group["assets"])) for group in mp.get(PATH).body
    ]
    assert groups == [("bike", None, 3, 3), ("bike", "n", 2, 2), ("bike", "s", 1, 1), ("scooter", "n", 1, 1)]
    docked = mp.get(f"{PATH}?stationId=n").body
    assert [(group["id"], group["stationId"], group["nrAvailable"]) for group in docked] == [
        ("bike", "n", 2),
        ("scooter", "n", 1),
    ]
    assert {asset["stationId"] for group in docked for asset in group["assets"]} == {"n"}


def test_a_private_station_is_not_named(mp: TompClient) -> None:
    depot = factories.StationFactory(station_id="depot", is_public=False)
    factories.AssetFactory(station=depot, home_station=depot)
    answer = mp.get(PATH)
    assert answer.body[0]["nrAvailable"] == 1
    assert "depot" not in str(answer.body)
    assert mp.get(f"{PATH}?stationId=depot").body["errorcode"] == 1002


@pytest.mark.parametrize("identifiers", [[], ["ASSET_BASED"], ["EXACT_ID"]])
def test_single_assets_are_only_for_mps_that_work_with_them(operator: Any, identifiers: list[str]) -> None:
    factories.AssetFactory.create_batch(3, asset_type=factories.AssetTypeFactory())
    document = {**factories.MAP_CENTRIC, "processIdentifiers": {"planning": identifiers}}
    answer = TompClient(factories.ProviderFactory(document=document)).get(f"{PATH}?limit=1")
    assert answer.body[0]["nrAvailable"] == 3
    assert "assets" not in answer.body[0]
    assert "Link" not in answer.headers


def test_nothing_there_is_an_empty_list(mp: TompClient) -> None:
    assert mp.get(PATH).body == []


def test_what_is_out_of_service_is_left_out(mp: TompClient) -> None:
    there = {factories.AssetFactory(state=state).public_id: state for state in AssetState.values}
    assert {there[public_id] for public_id in listed(mp.get(PATH))} == {"AVAILABLE", "RESERVED"}


def test_what_is_promised_is_left_out(mp: TompClient) -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    free, used, over, returned, held, later = factories.AssetFactory.create_batch(6)
    promise(used, now - hour)
    promise(over, now - hour, expires_at=now - timedelta(minutes=1))
    promise(returned, now - hour, released_at=now)
    promise(held, now, expires_at=now + hour)
    promise(later, now + hour, now + 2 * hour)
    past = factories.AssetFactory()
    promise(past, now - 2 * hour, now - hour)
    answer = listed(mp.get(PATH))
    assert answer == {asset.public_id for asset in (free, over, returned, past)}
    rule = free_assets(start=now, end=None, now=timezone.now())
    assert answer == set(rule.values_list("public_id", flat=True))


def test_a_bounding_box_is_south_north_west_east(mp: TompClient) -> None:
    inside = factories.AssetFactory(latitude=52.1, longitude=5.2)
    factories.AssetFactory(latitude=5.2, longitude=52.1)
    factories.AssetFactory(latitude=52.1, longitude=5.31)
    assert listed(mp.get(f"{PATH}?boundingbox=52.0,52.2,5.1,5.3")) == {inside.public_id}
    assert listed(mp.get(f"{PATH}?boundingbox=52.0%2C52.2%2C%205.1%2C5.3")) == {inside.public_id}
    assert mp.get(f"{PATH}?boundingbox=10,11,10,11").body == []


def test_a_bounding_box_may_lie_across_the_antimeridian(mp: TompClient) -> None:
    east = factories.AssetFactory(latitude=-17, longitude=179.5)
    west = factories.AssetFactory(latitude=-17, longitude=-179.5)
    factories.AssetFactory(latitude=-17, longitude=0.0)
    assert listed(mp.get(f"{PATH}?boundingbox=-18,-16,179,-179")) == {east.public_id, west.public_id}


@pytest.mark.parametrize(
    "box",
    [
        "52,53,5",
        "52,53,5,6,7",
        "a,b,c,d",
        "53,52,5,6",
        "52,91,5,6",
        "-91,52,5,6",
        "52,53,5,181",
        "52,53,-181,6",
        "nan,53,5,6",
        "52,inf,5,6",
        "",
        ",,,",
    ],
)
def test_a_bounding_box_that_cannot_be_is_refused(mp: TompClient, box: str) -> None:
    answer = mp.get(f"{PATH}?boundingbox={box}")
    assert (answer.status, answer.body["errorcode"]) == (400, 1002)
    assert answer.body["detail"].startswith("boundingbox")


def test_a_circle_is_measured_along_the_globe(mp: TompClient) -> None:
    near = factories.AssetFactory(latitude=60, longitude=5.01)  # 556 metres
    factories.AssetFactory(latitude=60.0045, longitude=5.009)  # in the box around the circle, not in the circle
    assert listed(mp.get(f"{PATH}?lat=60&lon=5&radius=560")) == {near.public_id}
    assert listed(mp.get(f"{PATH}?lat=60&lon=5&radius=550")) == set()


def test_a_region_is_its_area_without_its_holes(mp: TompClient) -> None:
    outline = [[5.0, 52.0], [5.4, 52.0], [5.4, 52.4], [5.0, 52.0]]  # the half south-east of a diagonal
    hole = [[5.25, 52.05], [5.35, 52.05], [5.35, 52.15], [5.25, 52.15], [5.25, 52.05]]
    factories.RegionFactory(region_id="half", service_area={"type": "Polygon", "coordinates": [outline, hole]})
    inside = factories.AssetFactory(latitude=52.1, longitude=5.2)
    factories.AssetFactory(latitude=52.1, longitude=5.3)  # in the hole
    factories.AssetFactory(latitude=52.3, longitude=5.1)  # in the outline's box only
    factories.AssetFactory(latitude=52.1, longitude=5.5)
    assert listed(mp.get(f"{PATH}?regionId=half")) == {inside.public_id}


def test_filters_hold_together(mp: TompClient) -> None:
    station = factories.StationFactory(station_id="s")
    bike = factories.AssetTypeFactory(type_id="bike")
    wanted = factories.AssetFactory(asset_type=bike, station=station)
    factories.AssetFactory(asset_type=bike)
    factories.AssetFactory(station=station)
    factories.RegionFactory(region_id="here")
    query = "regionId=here&stationId=s&assetTypeId=bike&boundingbox=52,53,5,6&lat=52.09&lon=5.12&radius=1000"
    assert listed(mp.get(f"{PATH}?{query}")) == {wanted.public_id}


@pytest.mark.parametrize("name", ["regionId", "stationId", "assetTypeId"])
def test_an_unknown_id_is_named(mp: TompClient, name: str) -> None:
    answer = mp.get(f"{PATH}?{name}=nothing")
    assert (answer.status, answer.body["errorcode"]) == (400, 1002)
    assert answer.body["detail"].startswith(name)


def test_known_ids_with_nothing_there_are_an_empty_list(mp: TompClient) -> None:
    factories.RegionFactory(region_id="r")
    factories.StationFactory(station_id="s")
    factories.AssetTypeFactory(type_id="t")
    assert mp.get(f"{PATH}?regionId=r&stationId=s&assetTypeId=t").body == []


def pages(mp: TompClient, path: str) -> list[Any]:
    """The answers from `path` on, each found through the `Link` of the one before."""
    answers = []
    while path:
        answers.append(mp.get(path))
        path = answers[-1].headers.get("Link", "").partition(">")[0].partition("/tomp")[2]
    return answers


def test_pages_count_the_assets(mp: TompClient) -> None:
    bike, scooter = factories.AssetTypeFactory(type_id="bike"), factories.AssetTypeFactory(type_id="scooter")
    factories.AssetFactory.create_batch(3, asset_type=bike)
    factories.AssetFactory.create_batch(2, asset_type=scooter)
    answers = pages(mp, f"{PATH}?limit=2&boundingbox=52,53,5,6")
    shown = [[(group["id"], group["nrAvailable"], len(group["assets"])) for group in answer.body] for answer in answers]
    assert shown == [[("bike", 3, 2)], [("bike", 3, 1), ("scooter", 2, 1)], [("scooter", 2, 1)]]
    assert len(set().union(*(listed(answer) for answer in answers))) == 5


def test_pages_count_the_groups_where_assets_are_not_listed(operator: Any) -> None:
    document = {**factories.MAP_CENTRIC, "processIdentifiers": {}}
    mp = TompClient(factories.ProviderFactory(document=document))
    for type_id in ("a", "b", "c"):
        factories.AssetFactory.create_batch(2, asset_type=factories.AssetTypeFactory(type_id=type_id))
    answers = pages(mp, f"{PATH}?limit=2")
    shown = [[(group["id"], group["nrAvailable"]) for group in answer.body] for answer in answers]
    assert shown == [[("a", 2), ("b", 2)], [("c", 2)]]


@pytest.mark.parametrize("query", ["limit=0", "offset=1", "offset=999999999999999999"])
def test_an_empty_page_leads_nowhere(mp: TompClient, asset: Asset, query: str) -> None:
    answer = mp.get(f"{PATH}?{query}")
    assert (answer.status, answer.body) == (200, [])
    assert "Link" not in answer.headers


def many_assets(asset_type: Any, count: int) -> None:
    Asset.objects.bulk_create(
        Asset(
            code=f"many-{number}",
            asset_type=asset_type,
            latitude=52 + number / 10_000,
            longitude=5.1,
        )
        for number in range(count)
    )


@pytest.mark.parametrize("count", [10, 2000])
@pytest.mark.parametrize(
    ("query", "statements"),  # credentials, rules, assets, then asset types and pricing rules, or which id is unknown
    [
        ("", 5),
        ("regionId=here&boundingbox=52,53,5,6", 5),
        ("lat=52&lon=5.1&radius=9", 5),
        ("regionId=nowhere", 4),
        ("boundingbox=0,1,0,1", 3),
        ("limit=0", 3),
    ],
)
def test_its_statements_do_not_grow_with_the_answer(mp: TompClient, count: int, query: str, statements: int) -> None:
    many_assets(factories.AssetTypeFactory(), count)
    factories.RegionFactory(region_id="here")
    with CaptureQueriesContext(connection) as first:
        mp.get(f"{PATH}?{query}")
    assert len(first) == statements + 1  # and the MP's profile, which the process knows from now on
    with CaptureQueriesContext(connection) as second:
        mp.get(f"{PATH}?{query}")
    assert len(second) == statements


def test_a_page_without_limit_is_the_published_maximum(mp: TompClient) -> None:
    many_assets(factories.AssetTypeFactory(), 1001)
    answer = mp.get(PATH)
    assert len(listed(answer)) == 1000
    assert answer.body[0]["nrAvailable"] == 1001
    assert [len(listed(answer)) for answer in pages(mp, PATH)] == [1000, 1]


def test_it_says_when_nothing_changed(mp: TompClient, asset: Asset) -> None:
    tag = mp.get(PATH).headers["ETag"]
    assert mp.get(PATH).headers["ETag"] == tag

    def again(value: str) -> Any:
        return mp.client.get(f"/tomp{PATH}", headers={**mp.headers, "If-None-Match": value})

    assert (again(tag).status_code, again(tag).content) == (304, b"")
    assert again(f"W/{tag}").status_code == 304
    assert again("*").status_code == 304
    assert again('"other"').status_code == 200
    promise(asset, timezone.now())
    assert again(tag).status_code == 200
    assert mp.get(PATH).headers["Vary"] == "Accept-Language, Authorization, X-API-Key"
