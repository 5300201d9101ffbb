"""More travellers than an asset carries: several assets in one offer, all or none.

Source: TOMP 1.6.1 `planningRequest.nrOfTravelers`, `leg.legSequenceNumber`, `leg.travelerReferenceNumbers`.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.planning.models import Offer, OfferLeg
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def options(mp: TompClient, **plan: Any) -> list[dict[str, Any]]:
    answer = mp.post("/planning/offers", {"from": HERE, **plan})
    assert answer.status == 201, answer
    return answer.body["options"]


def legs_of(option: dict[str, Any], *names: str) -> list[Any]:
    found = [tuple(leg.get(name) for name in names) for leg in option["legs"]]
    return [one[0] for one in found] if len(names) == 1 else found


def window() -> dict[str, Any]:
    return {"departureTime": at(factories.soon(60)), "arrivalTime": at(factories.soon(120)), "to": HERE}


@pytest.fixture
def bike(operator: Any) -> Any:
    return factories.AssetTypeFactory(type_id="bike", persons=1)


@pytest.fixture
def car(operator: Any) -> Any:
    return factories.AssetTypeFactory(type_id="car", asset_class="CAR", persons=4)


@pytest.fixture
def station(operator: Any) -> Any:
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


def public_ids(assets: Any) -> list[str]:
    return [asset.public_id for asset in assets]


def test_the_assets_named_are_one_offer_together(mp: TompClient, bike: Any) -> None:
    bikes = factories.AssetFactory.create_batch(3, asset_type=bike)
    travelers = [{"referenceNumber": name} for name in ("ann", "bob", "cas")]
    (option,) = options(mp, useAssets=public_ids(bikes), nrOfTravelers=3, travelers=travelers)
    assert legs_of(option, "legSequenceNumber", "travelerReferenceNumbers") == [
        (1, ["ann"]),
        (1, ["bob"]),
        (1, ["cas"]),
    ]
    assert sorted(leg["asset"]["id"] for leg in option["legs"]) == sorted(public_ids(bikes))
    assert all(leg["pricing"]["parts"] for leg in option["legs"]), "each leg has its own price"
    ids = legs_of(option, "id")
    assert len({option["id"], *ids}) == 4
    assert (Offer.objects.count(), sorted(ids)) == (1, ids)


def test_they_are_not_offered_where_they_do_not_carry_everybody(mp: TompClient, bike: Any) -> None:
    bikes = factories.AssetFactory.create_batch(2, asset_type=bike)
    assert options(mp, useAssets=[*public_ids(bikes), "unknown"], nrOfTravelers=3) == []


def test_one_traveller_chooses_among_those_named(mp: TompClient, bike: Any) -> None:
    bikes = factories.AssetFactory.create_batch(3, asset_type=bike)
    found = options(mp, useAssets=public_ids(bikes))
    assert [len(option["legs"]) for option in found] == [1, 1, 1]
    assert all(option["id"] == option["legs"][0]["id"] for option in found)


def test_an_asset_that_carries_all_is_an_option_by_itself(mp: TompClient, bike: Any, car: Any) -> None:
    named = [factories.AssetFactory(asset_type=kind) for kind in (car, bike, bike, bike)]
    alone, together = options(mp, useAssets=public_ids(named), nrOfTravelers=2)
    assert [leg["assetType"]["id"] for leg in alone["legs"]] == ["car"]
    assert [leg["assetType"]["id"] for leg in together["legs"]] == ["bike", "bike"], "no more than are needed"


def test_a_car_for_four_takes_six_in_two(operator: Any, car: Any) -> None:
    factories.AssetFactory.create_batch(3, asset_type=car)
    travelers = [{"referenceNumber": str(number)} for number in range(6)]
    (option,) = options(client(planning=[]), travelers=travelers)
    assert legs_of(option, "travelerReferenceNumbers") == [["0", "1", "2", "3"], ["4", "5"]]
    assert OfferLeg.objects.values("asset").distinct().count() == 2


def test_near_by_those_of_a_type_that_stand_together_are_one_offer(operator: Any, bike: Any, station: Any) -> None:
    other = factories.StationFactory(latitude=52.0910, longitude=5.1214)
    factories.AssetFactory.create_batch(3, asset_type=bike, station=station)
    factories.AssetFactory.create_batch(2, asset_type=bike, station=other, latitude=52.0910)
    near = [factories.AssetFactory(asset_type=bike, latitude=latitude) for latitude in (52.0911, 52.0912, 52.0913)]
    factories.AssetFactory(asset_type=bike, latitude=52.0930)
    mp = client(planning=[])
    docked, loose = options(mp, nrOfTravelers=3)
    assert [leg["from"].get("stationId") for leg in docked["legs"]] == ["S1"] * 3
    assert set(OfferLeg.objects.filter(offer=loose["id"]).values_list("asset", flat=True)) == {a.pk for a in near}
    assert [len(option["legs"]) for option in options(mp, nrOfTravelers=2)] == [2, 2, 2]
    assert options(mp, nrOfTravelers=5) == []


def test_a_group_far_apart_does_not_hide_one_near_by(operator: Any, bike: Any) -> None:
    """The options are cut off by group, not by asset: what is not whole takes nobody's place."""
    for number in range(30):
        lone = factories.StationFactory(latitude=52.0907, longitude=5.1214)
        factories.AssetFactory(asset_type=bike, station=lone, latitude=52.0907 + number / 1e6)
    whole = factories.StationFactory(station_id="whole", latitude=52.0920, longitude=5.1214)
    factories.AssetFactory.create_batch(2, asset_type=bike, station=whole, latitude=52.0920)
    (option,) = options(client(planning=[]), nrOfTravelers=2)
    assert legs_of(option, "from")[0]["stationId"] == "whole"


def test_places_are_offered_while_there_are_enough(operator: Any, bike: Any, station: Any) -> None:
    factories.AssetFactory.create_batch(3, asset_type=bike, station=station)
    mp = client(planning=["PLANNING_BASED"])
    (option,) = options(mp, nrOfTravelers=3, **window())
    assert len(option["legs"]) == 3
    assert options(mp, nrOfTravelers=4, **window()) == []


def test_a_group_does_not_take_what_a_promised_place_needs(mp: TompClient, bike: Any, station: Any) -> None:
    bikes = factories.AssetFactory.create_batch(3, asset_type=bike, station=station)
    upfront, nearby = client(planning=["PLANNING_BASED"]), client(planning=[])
    (place,) = options(upfront, **window())
    assert upfront.post("/bookings", {"id": place["id"]}).status == 201
    for number, whole in ((2, True), (3, False)):
        assert bool(options(nearby, nrOfTravelers=number)) is whole
        assert bool(options(mp, useAssets=public_ids(bikes[:number]), nrOfTravelers=number)) is whole


def test_those_named_at_other_stations_are_not_counted_with_them(mp: TompClient, bike: Any, station: Any) -> None:
    """One of the two at the station may go although one is promised there; the third stands elsewhere."""
    docked = factories.AssetFactory.create_batch(2, asset_type=bike, station=station)
    loose = factories.AssetFactory.create_batch(2, asset_type=bike)
    upfront = client(planning=["PLANNING_BASED"])
    (place,) = options(upfront, **window())
    assert upfront.post("/bookings", {"id": place["id"]}).status == 201
    (option,) = options(mp, useAssets=public_ids([docked[0], *loose]), nrOfTravelers=3)
    assert len(option["legs"]) == 3


def test_more_travellers_described_than_travel_are_refused(mp: TompClient, asset: Any) -> None:
    plan = {"from": HERE, "useAssets": [asset.public_id], "nrOfTravelers": 1, "travelers": [{"age": 20}] * 2}
    answer = mp.post("/planning/offers", plan)
    assert (answer.status, answer.body["errorcode"]) == (400, 2002)
    assert "travelers" in answer.body["detail"]


@pytest.mark.parametrize(
    ("planning", "statements"), [(["ASSET_BASED", "EXACT_ID"], 7), ([], 7), (["PLANNING_BASED"], 10)]
)
def test_its_statements_do_not_grow_with_the_travellers(
    operator: Any, bike: Any, station: Any, planning: list[str], statements: int
) -> None:
    mp = client(planning=planning)
    bikes = factories.AssetFactory.create_batch(12, asset_type=bike, station=station)
    counts = {}
    for number in (1, 4, 12):
        plan = {"from": HERE, "nrOfTravelers": number, **window()}
        asked = {**plan, "useAssets": public_ids(bikes)} if "ASSET_BASED" in planning else plan
        mp.post("/planning/offers", asked)
        with CaptureQueriesContext(connection) as queries:
            answer = mp.post("/planning/offers", asked)
        assert answer.body["options"]
        counts[number] = len(queries)
    assert set(counts.values()) == {statements}, counts
