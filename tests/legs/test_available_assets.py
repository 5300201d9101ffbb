"""GET /legs/{id}/available-assets: which assets a traveller may choose from. Source: seed micromobility-operator."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.profiles import client
from tests.rides import at, confirmed, event

pytestmark = pytest.mark.django_db


@pytest.fixture
def upfront(operator):
    """An MP that books places at stations; its bookings are confirmed at once."""
    return client(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"])


@pytest.fixture
def bikes(operator):
    """Two bikes of a type at a station, the fuller one first; and others that do not count."""
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    kind = factories.AssetTypeFactory()
    full, low = (
        factories.AssetFactory(asset_type=kind, station=station, state_of_charge=charge) for charge in (90, 20)
    )
    factories.AssetFactory(asset_type=kind)
    factories.AssetFactory(station=station)
    factories.AssetFactory(asset_type=kind, station=station, state="MAINTENANCE")
    return full, low


def book(upfront) -> str:
    start = timezone.now() + timedelta(minutes=5)
    window = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1))}
    plan = {"from": {"stationId": "S1"}, "to": {"stationId": "S1"}, **window}
    options = upfront.post("/planning/offers", plan).body["options"]
    (option,) = [o for o in options if o["mainAssetType"]["id"] == options[0]["mainAssetType"]["id"]]
    return upfront.post("/bookings", {"id": option["id"]}).body["id"]


def test_a_traveller_chooses_among_the_free_ones_of_the_type_at_the_station(upfront, bikes):
    full, low = bikes
    leg = book(upfront)
    listed = upfront.get(f"/legs/{leg}/available-assets")
    assert [asset["id"] for asset in listed.body] == [full.public_id, low.public_id]
    page = upfront.get(f"/legs/{leg}/available-assets?limit=1&offset=1")
    assert [asset["id"] for asset in page.body] == [low.public_id]
    assert event(upfront, leg, "ASSIGN_ASSET", asset={"id": low.public_id}).status == 200
    chosen = upfront.get(f"/legs/{leg}/available-assets")
    assert (chosen.status, chosen.body["errorcode"]) == (403, 4004)


def test_where_an_asset_was_booked_there_is_nothing_to_choose(mp, asset):
    answer = mp.get(f"/legs/{confirmed(mp, asset)}/available-assets")
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)


def test_another_mps_leg_does_not_exist(upfront, stranger, bikes):
    answer = stranger.get(f"/legs/{book(upfront)}/available-assets")
    assert (answer.status, answer.body["errorcode"]) == (404, 4204)


def test_a_page_too_large_is_refused(upfront, bikes):
    answer = upfront.get(f"/legs/{book(upfront)}/available-assets?limit=1001")
    assert (answer.status, answer.body["errorcode"]) == (400, 4009)
