"""Which options a travel plan gets, under the MP's process. Source: PROCESS-IDENTIFIERS, planning."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.planning.models import Offer
from apps.planning.services import purge_offers
from tests import factories
from tests.rides import HERE, at, confirmed, everything, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def document(*planning: str, **parts: object) -> dict:
    identifiers = {**factories.MAP_CENTRIC["processIdentifiers"], "planning": list(planning)}
    return {**factories.MAP_CENTRIC, "processIdentifiers": identifiers, **parts}


def client(*planning: str, **parts: object) -> TompClient:
    return TompClient(factories.ProviderFactory(document=document(*planning, **parts)))


def options(mp: TompClient, **plan: object) -> list[dict]:
    answer = mp.post("/planning/offers", {"from": HERE, **plan})
    assert answer.status == 201, answer
    return answer.body["options"]


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("BLUETOOTH_SCAN", "BLUETOOTH"),
        ("QR_SCAN", "QR"),
        ("NFC_SCAN", "NFC"),
        ("BARCODE_SCAN", "BARCODE"),
        ("MANUAL_ENTRY", "PRINTED_CODE"),
        ("OTHER_ID", "OTHER"),
    ],
)
def test_a_scanned_code_is_an_asset_where_the_profile_allows_its_kind(operator, identifier, kind):
    code = factories.AssetIdentifierFactory(kind=kind, value="code-1")
    allowed, forbidden = client("ASSET_BASED", identifier), client("ASSET_BASED", "EXACT_ID")
    assert [o["legs"][0]["asset"]["id"] for o in options(allowed, useAssets=["code-1"])] == [code.asset.public_id]
    assert options(forbidden, useAssets=["code-1"]) == []
    assert options(allowed, useAssets=[code.asset.public_id]) == []


def test_types_that_do_not_fit_the_party_are_left_out(operator):
    moped = factories.AssetTypeFactory(minimum_age=18, persons=2)
    factories.AssetFactory(asset_type=moped)
    mp = client()
    assert len(options(mp)) == 1
    assert len(options(mp, travelers=[{"age": 18}, {"age": 40}])) == 1
    assert options(mp, travelers=[{"age": 40}, {"age": 17}]) == []
    assert options(mp, nrOfTravelers=3) == []
    assert options(mp, useAssetTypes=["another"]) == []
    assert len(options(mp, useAssetTypes=[moped.type_id])) == 1


def test_an_asset_that_does_not_reach_is_left_out(operator):
    scooter = factories.AssetTypeFactory(full_range_meters=20_000)
    factories.AssetFactory(asset_type=scooter, state_of_charge=50)
    mp = client("USE_ESTIMATED_DISTANCE")
    assert len(options(mp, estimatedDistance=10_000)) == 1
    assert options(mp, estimatedDistance=10_001) == []


@pytest.mark.parametrize("end", ["from", "to"])
def test_an_unknown_station_is_refused(mp, asset, end):
    plan = {"from": HERE, "useAssets": [asset.public_id], end: {"stationId": "nowhere", **HERE}}
    answer = mp.post("/planning/offers", plan)
    assert (answer.status, answer.body["errorcode"]) == (400, 2002)
    assert "station" in answer.body["detail"]


# --- places in pools: up-front booking ---------------------------------------------------------------


@pytest.fixture
def upfront(operator):
    """An MP that books places at stations ahead of time."""
    return client("PLANNING_BASED")


@pytest.fixture
def station(operator):
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


def docked(station, count: int = 1, **fields):
    kind = fields.pop("asset_type", None) or factories.AssetTypeFactory()
    return [factories.AssetFactory(asset_type=kind, station=station, **fields) for _ in range(count)]


def window(hours: float = 24, length: float = 2) -> dict:
    start = timezone.now() + timedelta(hours=hours)
    return {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=length)), "to": HERE}


def book(mp: TompClient, **plan: object):
    (option, *_) = options(mp, **plan)
    return mp.post("/bookings", {"id": option["id"]})


def test_up_front_offers_name_a_type_and_a_station_but_no_asset(upfront, station):
    docked(station, 2)
    (option,) = options(upfront, **window())
    assert option["from"]["stationId"] == "S1"
    assert "asset" not in option["legs"][0]


def test_no_more_places_are_promised_than_assets_stand_there(upfront, station):
    docked(station, 2)
    plan = window()
    offers = [options(upfront, **plan)[0]["id"] for _ in range(3)]
    answers = [upfront.post("/bookings", {"id": offer}) for offer in offers]
    assert [answer.status for answer in answers] == [201, 201, 409]
    assert answers[2].body["errorcode"] == 3500
    assert options(upfront, **plan) == []
    assert len(options(upfront, **window(hours=48))) == 1, "another day is another promise"


def test_the_last_asset_at_a_station_is_not_given_away_twice(upfront, mp, station):
    """A place in the pool and an asset that stands there are the same bike."""
    (bike,) = docked(station)
    offered = mp.post("/planning/offers", {"from": HERE, "useAssets": [bike.public_id]}).body["options"][0]["id"]
    assert book(upfront, **window(hours=0.1)).status == 201
    before = everything()
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_the_last_asset_is_offered_only_while_no_place_needs_it(upfront, mp, station):
    """Whether it was named or is only near: an offer of it would be refused when booked."""
    kind = factories.AssetTypeFactory()
    docked(station, 2, asset_type=kind)
    named = [bike.public_id for bike in docked(station, 1, asset_type=kind)]
    nearby = client()
    for left in (2, 1):
        assert book(upfront, **window()).status == 201
        assert len(options(mp, useAssets=named)) == len(options(nearby)) == 1, left
        assert len(options(mp, useAssets=named, **window())) == 1
    assert book(upfront, **window()).status == 201
    assert options(mp, useAssets=named) == options(nearby) == []
    assert options(mp, useAssets=named, **window()) == []
    until = {"arrivalTime": window(hours=23)["departureTime"]}
    assert len(options(mp, useAssets=named, **until)) == 1, "it is back before the places are used"


def test_places_of_different_days_need_one_asset_between_them(upfront, mp, station):
    kind = factories.AssetTypeFactory()
    first, _ = docked(station, 2, asset_type=kind)
    for day in (24, 48, 72):
        assert book(upfront, **window(hours=day)).status == 201
    (option,) = options(mp, useAssets=[first.public_id])
    assert mp.post("/bookings", {"id": option["id"]}).status == 201


def test_an_asset_in_the_shop_is_no_place(upfront, station):
    docked(station, 1, state="MAINTENANCE")
    assert options(upfront, **window()) == []


def test_a_place_gets_an_asset_when_the_ride_begins(upfront, station):
    kind = factories.AssetTypeFactory()
    docked(station, 1, asset_type=kind, state_of_charge=20)
    (full,) = docked(station, 1, asset_type=kind, state_of_charge=90)
    booking = book(upfront, **window()).body["id"]
    upfront.post(f"/bookings/{booking}/events", {"operation": "COMMIT"})
    leg = upfront.post(f"/legs/{booking}/events", {"time": at(timezone.now()), "event": "SET_IN_USE"})
    assert (leg.status, leg.body["state"]) == (200, "IN_USE")
    assert leg.body["asset"]["id"] == full.public_id
    full.refresh_from_db()
    assert full.state == "IN_USE"


def test_a_traveller_may_choose_the_asset_at_the_station(upfront, station):
    kind = factories.AssetTypeFactory()
    _, second = docked(station, 2, asset_type=kind)
    elsewhere = factories.AssetFactory(asset_type=kind)
    booking = book(upfront, **window()).body["id"]
    upfront.post(f"/bookings/{booking}/events", {"operation": "COMMIT"})
    event = {"time": at(timezone.now()), "event": "ASSIGN_ASSET"}
    before = everything()
    refused = upfront.post(f"/legs/{booking}/events", {**event, "asset": {"id": elsewhere.public_id}})
    assert (refused.status, refused.body["errorcode"]) == (403, 4004)
    assert everything() == before
    chosen = upfront.post(f"/legs/{booking}/events", {**event, "asset": {"id": second.public_id}})
    assert chosen.body["asset"]["id"] == second.public_id


def test_a_place_whose_assets_have_gone_cannot_begin(upfront, station):
    (bike,) = docked(station)
    booking = book(upfront, **window()).body["id"]
    upfront.post(f"/bookings/{booking}/events", {"operation": "COMMIT"})
    bike.station = None
    bike.save(update_fields=["station"])
    before = everything()
    answer = upfront.post(f"/legs/{booking}/events", {"time": at(timezone.now()), "event": "SET_IN_USE"})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_an_asset_that_moved_since_the_offer_is_not_booked(mp, station):
    (bike,) = docked(station)
    offered = mp.post("/planning/offers", {"from": HERE, "useAssets": [bike.public_id]}).body["options"][0]["id"]
    bike.station = factories.StationFactory()
    bike.save(update_fields=["station"])
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)


# --- offers are short-lived --------------------------------------------------------------------------


def test_offers_live_as_long_as_the_profile_says(operator, asset):
    mp = client("ASSET_BASED", "EXACT_ID", settings={"offerMinutes": 2})
    options(mp, useAssets=[asset.public_id])
    offer = Offer.objects.get()
    assert offer.valid_until - offer.created_at <= timedelta(minutes=2)


def test_offers_are_purged_a_day_after_they_expired(mp, asset):
    options(mp, useAssets=[asset.public_id])
    booked = pending(mp, asset)
    Offer.objects.exclude(pk=booked).update(valid_until=timezone.now() - timedelta(days=2))
    assert purge_offers(now=timezone.now()) == 1
    assert Offer.objects.filter(pk=booked).exists()
    assert mp.get(f"/bookings/{booked}").status == 200


def test_a_reserved_asset_is_offered_for_the_time_it_is_free(mp, stranger, asset):
    start = timezone.now() + timedelta(hours=5)
    confirmed(stranger, asset, departureTime=at(start), arrivalTime=at(start + timedelta(hours=1)))
    until = {"arrivalTime": at(start - timedelta(minutes=1))}
    assert len(options(mp, useAssets=[asset.public_id], **until)) == 1
    assert options(mp, useAssets=[asset.public_id]) == [], "without an end it would run into the reservation"


def test_the_fare_is_estimated_from_the_distance(operator):
    """30 km/h at most, 18 on average: 3 km take ten minutes, 1.00 and ten times 0.25."""
    factories.AssetFactory(asset_type=factories.AssetTypeFactory(max_speed=30))
    mp = client("USE_ESTIMATED_DISTANCE")
    (option,) = options(mp, estimatedDistance=3000)
    assert option["legs"][0]["pricing"]["description"] == "Pay as you go ≈ 3.50 EUR"


def test_the_fare_is_estimated_from_the_time_window(upfront, station):
    docked(station)
    (option,) = options(upfront, **window(length=1))
    assert option["legs"][0]["pricing"]["description"] == "Pay as you go ≈ 16.00 EUR"


# --- where the ride begins, and when ------------------------------------------------------------------

STOP = {"type": "CHB_STOP_PLACE_CODE", "id": "NL:S:1", "country": "NL"}


def test_a_stop_is_the_station_that_stands_at_it(operator, station):
    station.stop_references = [STOP]
    station.save()
    docked(station)
    mp = mp_at_a_location()
    (option,) = options_from(mp, {"stopReference": [STOP]})
    assert option["from"]["stationId"] == "S1"
    assert options_from(mp, {"stopReference": [{**STOP, "id": "NL:S:2"}], **HERE}) == []


def mp_at_a_location():
    return client("PLANNING_BASED", "SPECIFIC_LOCATION_BASED")


def options_from(mp, place):
    answer = mp.post("/planning/offers", {"from": place, **window()})
    assert answer.status == 201, answer
    return answer.body["options"]


def test_a_ride_that_must_arrive_departs_in_time_for_it(upfront, station):
    """4.2 km at a cyclist's 4.2 m/s: a thousand seconds before the arrival."""
    docked(station)
    arrival = timezone.now() + timedelta(days=7)
    (option,) = options(upfront, arrivalTime=at(arrival), to=HERE, estimatedDistance=4200)
    departure = datetime.fromisoformat(option["departureTime"])
    assert arrival - departure == timedelta(seconds=1000)


def test_a_place_whose_type_does_not_reach_is_left_out(upfront, station):
    docked(station, asset_type=factories.AssetTypeFactory(full_range_meters=10_000))
    assert len(options(upfront, estimatedDistance=10_000, **window())) == 1
    assert options(upfront, estimatedDistance=50_000, **window()) == []
