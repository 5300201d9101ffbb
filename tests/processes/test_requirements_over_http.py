"""The same requirements as MPs meet them."""

from typing import Any
from urllib.parse import urlencode

import pytest

from apps.processes.models import ProfileVersion
from tests.factories import (
    MAP_CENTRIC,
    AssetFactory,
    AssetTypeFactory,
    ParkedCarFactory,
    ProviderFactory,
    RegionFactory,
    StationFactory,
    soon,
)
from tests.processes.requests import AVAILABLE, LATER, OFFERS, REQUESTS, STOP, plan
from tests.rides import HERE, at, confirmed, event, everything, offer
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
PATHS = ("/planning/inquiries", "/planning/offers", "/plannings")
RIDE_EVENTS = ("SET_IN_USE", "PAUSE", "FINISH", "ASSIGN_ASSET")
LOCATED = {"overriddenProperties": {"location": HERE}}


def with_process(*identifiers: str, **lists: list[str]) -> TompClient:
    """An MP whose process has just these identifiers."""
    return TompClient(ProviderFactory(document={"processIdentifiers": {"general": list(identifiers), **lists}}))


def refusal(answer: Answer) -> tuple[int, int]:
    """Status and code of an answer."""
    return answer.status, answer.body["errorcode"]


@pytest.fixture
def fleet(operator: Any) -> None:
    """All that the requests of `tests.processes.requests` name: a bike `a` of the type `bike`, at `s`, in `r`."""
    station = StationFactory(station_id="s", latitude=52.0907, longitude=5.1214, stop_references=STOP)
    AssetFactory(public_id="a", asset_type=AssetTypeFactory(type_id="bike"), station=station)
    RegionFactory(region_id="r")
    ParkedCarFactory(plate="AB12CD")


@pytest.mark.parametrize("identifier", [name for name, row in REQUESTS.items() if row[0] == OFFERS])
@pytest.mark.parametrize("path", PATHS)
def test_planning_without_what_the_process_demands_is_a_2001(fleet: None, identifier: str, path: str) -> None:
    _, breaks, satisfies, field = REQUESTS[identifier]
    mp = with_process(identifier, "EXACT_ID")
    before = everything()
    answer = mp.post(path, breaks)
    assert refusal(answer) == (400, 2001)
    assert field in answer.body["detail"]
    assert everything() == before
    satisfied = mp.post(path, satisfies)
    assert satisfied.status == 201
    assert len(satisfied.body["options"]) == 1


@pytest.mark.parametrize("identifier", [name for name, row in REQUESTS.items() if row[0] == AVAILABLE])
def test_available_assets_without_what_the_process_demands_is_a_1001(fleet: None, identifier: str) -> None:
    _, breaks, satisfies, field = REQUESTS[identifier]
    mp = with_process(identifier)
    answer = mp.get(f"/operator/available-assets?{urlencode(breaks)}")
    assert refusal(answer) == (400, 1001)
    assert field in answer.body["detail"]
    satisfied = mp.get(f"/operator/available-assets?{urlencode(satisfies)}")
    assert satisfied.status == 200
    assert [group["id"] for group in satisfied.body] == ["bike"]


def test_two_mps_with_opposite_processes_share_a_fleet(operator: Any) -> None:
    asset = AssetFactory()
    scanner, planner = with_process("ASSET_BASED", "EXACT_ID"), with_process("PLANNING_BASED")
    by_asset, by_time = plan(useAssets=[asset.public_id]), plan(departureTime=LATER)
    assert scanner.post("/planning/offers", by_asset).status == 201
    assert refusal(scanner.post("/planning/offers", by_time)) == (400, 2001)
    assert refusal(planner.post("/planning/offers", by_asset)) == (400, 2001)


def map_centric(*trip_execution: str) -> dict[str, Any]:
    """The map-centric process with requirements for the ride."""
    identifiers = {**MAP_CENTRIC["processIdentifiers"], "tripExecution": list(trip_execution)}
    return {**MAP_CENTRIC, "processIdentifiers": identifiers}


@pytest.mark.parametrize("name", RIDE_EVENTS)
def test_a_leg_event_without_its_location_is_a_4001(operator: Any, name: str) -> None:
    asset = AssetFactory()
    mp = TompClient(ProviderFactory(document=map_centric(f"LEG_EVENT_LOCATION_REQUIRED_{name}")))
    leg = confirmed(mp, asset)
    if name in {"PAUSE", "FINISH"}:
        assert event(mp, leg, "SET_IN_USE").status == 200
    before = everything()
    refused = event(mp, leg, name, asset={"id": asset.public_id})
    assert refusal(refused) == (400, 4001)
    assert "asset.overriddenProperties.location" in refused.body["detail"]
    assert everything() == before
    assert event(mp, leg, name, asset={"id": asset.public_id, **LOCATED}).status == 200


def test_time_extend_without_its_location_is_a_4001(operator: Any) -> None:
    mp = TompClient(ProviderFactory(document=map_centric("LEG_EVENT_LOCATION_REQUIRED_TIME_EXTEND")))
    leg = confirmed(mp, AssetFactory())
    later = {"time": at(soon(45))}
    assert refusal(event(mp, leg, "TIME_EXTEND", **later)) == (400, 4001)
    assert event(mp, leg, "TIME_EXTEND", asset=LOCATED, **later).status == 200


def test_a_booking_needs_a_phone_number_where_we_call(operator: Any) -> None:
    mp = TompClient(ProviderFactory(document=map_centric("SUPPLIES_CALL_SERVICE")))
    offered = offer(mp, AssetFactory())
    before = everything()
    refused = mp.post("/bookings", {"id": offered, "customer": {"firstName": "A"}})
    assert refusal(refused) == (400, 3001)
    assert "customer.phones" in refused.body["detail"]
    assert everything() == before
    assert mp.post("/bookings", {"id": offered, "customer": {"phones": [{"number": "0301234567"}]}}).status == 201


def test_finish_needs_a_picture_where_off_boarding_is_required(operator: Any) -> None:
    mp = TompClient(ProviderFactory(document=map_centric("OFF_BOARDING_REQUIRED")))
    leg = confirmed(mp, AssetFactory())
    assert event(mp, leg, "SET_IN_USE").status == 200
    assert refusal(event(mp, leg, "FINISH")) == (400, 4001)
    assert event(mp, leg, "FINISH", url=["https://example.org/parked.jpg"]).status == 200


def test_a_ride_follows_the_process_its_booking_was_made_under(operator: Any) -> None:
    provider = ProviderFactory(document=map_centric("OFF_BOARDING_REQUIRED"))
    mp = TompClient(provider)
    leg = confirmed(mp, AssetFactory())
    assert event(mp, leg, "SET_IN_USE").status == 200
    ProfileVersion.objects.create(provider=provider, number=2, document=map_centric())
    assert refusal(event(mp, leg, "FINISH")) == (400, 4001)

    later = confirmed(mp, AssetFactory())
    assert event(mp, later, "SET_IN_USE").status == 200
    assert event(mp, later, "FINISH").status == 200


def test_addressed_to_is_demanded_on_every_call(operator: Any) -> None:
    mp = with_process("TO_OPERATOR_REQUIRED")
    for method, path in (("GET", "/operator/meta"), ("GET", "/operator/information"), ("POST", "/bookings")):
        assert refusal(mp.call(method, path)) == (400, 7001)
        assert refusal(mp.call(method, path, headers={"addressed-to": "ANOTHER"})) == (400, 7002)
    assert mp.get("/operator/meta", headers={"addressed-to": operator.system_id}).status == 200


def test_requirements_add_no_statement_to_a_call(operator: Any, django_assert_num_queries: Any) -> None:
    body = plan(radius=500, nrOfTravelers=1)
    free, demanding = with_process(), with_process("MANDATORY_RADIUS", "MANDATORY_NR_OF_TRAVELERS")
    statuses = []
    for mp in (free, demanding):
        mp.post("/planning/inquiries", body)
        with django_assert_num_queries(4):  # the credential, the rules of places and of prices, the options
            statuses.append(mp.post("/planning/inquiries", body).status)
    assert statuses == [201, 201]
