"""What planning and available-assets leave out: closed places, and areas where travellers may not go.

Source: TOMP 1.6.1 `systemRegion`, `systemHours`, `systemCalendar`; `apps.stations.rules`.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assets.models import Asset
from apps.planning.models import Offer
from apps.stations.models import RegionType, Station
from apps.stations.rules import rules_at
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, everything
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
# A Monday, at noon in Amsterdam.
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
# Around HERE, with a hole just west of it.
AROUND = {
    "type": "Polygon",
    "coordinates": [
        [[5.12, 52.09], [5.13, 52.09], [5.13, 52.10], [5.12, 52.10], [5.12, 52.09]],
        [[5.1205, 52.0905], [5.1210, 52.0905], [5.1210, 52.0910], [5.1205, 52.0910], [5.1205, 52.0905]],
    ],
}


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def station(operator: Any) -> Any:
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


def found(mp: TompClient, **plan: Any) -> int:
    """How many options there are."""
    answer = mp.post("/planning/offers", {"from": HERE, **plan})
    assert answer.status == 201, answer
    return len(answer.body["options"])


def shown(mp: TompClient) -> set[str]:
    """The ids of the assets that are told to be available now."""
    answer = mp.get("/operator/available-assets")
    assert answer.status == 200, answer
    return {asset["id"] for group in answer.body for asset in group["assets"]}


def later(hours: float) -> dict[str, Any]:
    start = NOON + timedelta(hours=hours)
    return {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1)), "to": HERE}


def ways(asset: Any) -> list[tuple[TompClient, dict[str, Any]]]:
    """The ways to plan that may lead to an asset, and what they say."""
    return [(client(), {"useAssets": [asset.public_id]}), (client(planning=[]), {})]


# --- opening hours and calendar ----------------------------------------------------------------------


def test_nothing_is_offered_for_a_departure_outside_the_opening_hours(station: Any) -> None:
    asset = factories.AssetFactory(station=station)
    factories.SystemHoursFactory(start_time=time(9), end_time=time(17))
    for mp, plan in [*ways(asset), (client(planning=["PLANNING_BASED"]), {})]:
        assert found(mp, **plan, **later(4.9)) == 1
        assert found(mp, **plan, **later(6)) == 0, "seven in the evening"
        assert found(mp, **plan, **later(22)) == 1, "ten the next morning"
    assert not Offer.objects.filter(departure_time=NOON + timedelta(hours=6)).exists()


def test_one_stop_finds_nothing_then(operator: Any, asset: Any) -> None:
    factories.SystemCalendarFactory(is_closed=True)
    mp = client(planning=[], booking=["ONE_STOP"])
    before = everything()
    answer = mp.post("/bookings/one-stop", {"from": HERE, "useAssets": [asset.public_id]})
    assert (answer.status, answer.body["errorcode"]) == (406, 3501)
    assert everything() == before


def test_members_hours_are_not_for_travellers_of_an_mp(operator: Any, asset: Any) -> None:
    factories.SystemHoursFactory(user_type="MEMBER")
    (mp, plan), _ = ways(asset)
    assert found(mp, **plan) == 0
    factories.SystemHoursFactory(user_type="NON_MEMBERS")
    assert found(mp, **plan) == 1


def test_a_holiday_closes(station: Any) -> None:
    factories.AssetFactory(station=station)
    tomorrow = {"start_month": 11, "start_day": 24, "end_month": 11, "end_day": 24}
    factories.SystemCalendarFactory(is_closed=True, **tomorrow)
    mp = client(planning=["PLANNING_BASED"])
    # midnight in Amsterdam is eleven in the evening, UTC
    assert [found(mp, **later(hours)) for hours in (11.9, 12, 35.9, 36)] == [1, 0, 0, 1]


# Whose rule says closed, and whether something at a station in the region, elsewhere in it, and outside is offered.
PLACES = ("docked", "docked elsewhere", "loose inside", "loose outside")


@pytest.mark.parametrize(
    ("rules", "open_places"),
    [
        ({}, PLACES),
        ({"system": False}, ()),
        ({"region": False}, ("docked elsewhere", "loose outside")),
        ({"station": False}, PLACES[1:]),
        ({"system": False, "region": True}, ("docked", "loose inside")),
        ({"system": False, "station": True}, ("docked",)),
        ({"region": False, "station": True}, ("docked", "docked elsewhere", "loose outside")),
        ({"system": True, "region": True, "station": False}, PLACES[1:]),
    ],
)
@pytest.mark.parametrize("kind", ["hours", "calendar"])
def test_a_place_follows_its_own_rules_else_those_around_it(
    station: Any, kind: str, rules: dict[str, bool], open_places: tuple[str, ...]
) -> None:
    region = factories.RegionFactory(service_area=AROUND)
    Station.objects.filter(pk=station.pk).update(region=region)
    elsewhere = factories.StationFactory(latitude=52.0907, longitude=5.11)
    assets = {
        "docked": factories.AssetFactory(station=Station.objects.get(pk=station.pk)),
        "docked elsewhere": factories.AssetFactory(station=elsewhere, longitude=5.11),
        "loose inside": factories.AssetFactory(),
        "loose outside": factories.AssetFactory(longitude=5.1207),
    }
    for whose, is_open in rules.items():
        place = {"system": {}, "region": {"region": region}, "station": {"station": station}}[whose]
        if kind == "hours":
            factories.SystemHoursFactory(days=["MON"] if is_open else ["SUN"], **place)
        else:
            factories.SystemCalendarFactory(is_closed=not is_open, **place)
    rules_now = rules_at(NOON)
    served = rules_now.served_assets(Asset.objects.all()).values_list("pk", flat=True)
    assert {name for name, asset in assets.items() if asset.pk in served} == set(open_places)
    assert shown(client()) == {asset.public_id for name, asset in assets.items() if name in open_places}
    stations = set(rules_now.served_stations(Station.objects.all()))
    assert stations == {one for one in Station.objects.all() if rules_now.is_open(one)}, "one rule in two forms"
    assert {one.pk for one in stations} == {
        assets[name].station_id for name in open_places if assets[name].station_id is not None
    }


# --- areas -------------------------------------------------------------------------------------------


def test_nothing_is_offered_from_where_travellers_may_not_go(station: Any) -> None:
    asset = factories.AssetFactory()
    docked = factories.AssetFactory(station=station)
    up_front = (client(planning=["PLANNING_BASED"]), later(0.1))
    for mp, plan in (*ways(asset), *ways(docked), up_front):
        assert found(mp, **plan) >= 1
    assert shown(client()) == {asset.public_id, docked.public_id}
    factories.RegionFactory(type="NO_ACCESS", service_area=AROUND)
    for mp, plan in (
        *ways(asset),
        *ways(docked),
        up_front,
        (up_front[0], {**up_front[1], "from": {"stationId": "S1"}}),
    ):
        assert found(mp, **plan) == 0
    assert shown(client()) == set()


def test_a_hole_in_it_is_outside(operator: Any) -> None:
    factories.RegionFactory(type="NO_ACCESS", service_area=AROUND)
    asset = factories.AssetFactory(latitude=52.0907, longitude=5.1207)
    for mp, plan in ways(asset):
        assert found(mp, **plan) == 1
    assert shown(client()) == {asset.public_id}


@pytest.mark.parametrize(
    ("start", "end", "offered"), [(None, None, 0), (1, None, 1), (-1, None, 0), (None, -1, 1), (-1, 1, 0), (-2, -1, 1)]
)
def test_it_holds_in_its_time(operator: Any, start: int | None, end: int | None, offered: int) -> None:
    times = {
        name: NOON + timedelta(hours=hours)
        for name, hours in (("area_start_time", start), ("area_end_time", end))
        if hours is not None
    }
    factories.RegionFactory(type="NO_ACCESS", service_area=AROUND, **times)
    for mp, plan in ways(factories.AssetFactory()):
        assert found(mp, **plan) == offered


@pytest.mark.parametrize("kind", sorted(set(RegionType.values) - {"NO_ACCESS"}))
def test_other_areas_hinder_nobody_to_begin(operator: Any, kind: str) -> None:
    factories.RegionFactory(type=kind, service_area=AROUND)
    for mp, plan in ways(factories.AssetFactory()):
        assert found(mp, **plan) == 1


@pytest.mark.parametrize("planning", [["ASSET_BASED", "EXACT_ID"], [], ["PLANNING_BASED"]])
def test_its_statements_do_not_grow_with_the_rules(station: Any, planning: list[str]) -> None:
    asset = factories.AssetFactory(station=station)
    mp = client(planning=planning)
    plan = {"useAssets": [asset.public_id]} if "ASSET_BASED" in planning else {}
    far = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    counts = set()
    for _ in range(3):
        found(mp, **plan, **later(1))
        with CaptureQueriesContext(connection) as queries:
            assert found(mp, **plan, **later(1)) == 1
        counts.add(len(queries))
        for _ in range(5):
            region = factories.RegionFactory(type="NO_ACCESS", service_area=far)
            factories.SystemHoursFactory(region=region)
            factories.SystemCalendarFactory(station=factories.StationFactory(latitude=0, longitude=0))
    assert len(counts) == 1, counts
