"""What the files of the feed say."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from gbfs_validator import GBFS

from apps.assets.models import Reservation
from apps.backoffice.demo import loader
from apps.operator.models import Operator
from apps.pricing.models import PricingRule
from apps.stations.models import AssetTypeCapacity
from tests import factories
from tests.gbfs.conftest import FeedReader

pytestmark = pytest.mark.django_db
NOON = datetime(2030, 6, 3, 12, tzinfo=UTC)  # a Monday
ENGLISH, DUTCH = {"text": "City bike", "language": "en"}, {"text": "Stadsfiets", "language": "nl"}


def report(feed: FeedReader) -> dict[str, list[Any]]:
    """What the official schemas, and the rules between files, say against each file of the feed."""
    told = GBFS("http://feed.example/gbfs/3.0/gbfs.json", docked=True, freefloating=True, fetcher=feed).validation()
    found = {}
    for file in told["files"]:
        assert file["exists"] or not file["required"], file["file"]
        of_each = [file, *file.get("languages", [])]
        found[file["file"]] = [error for one in of_each for error in one.get("errors") or []]
    return found


def test_every_file_of_the_demo_is_what_the_official_schemas_want(db: Any) -> None:
    loader.load()
    region = factories.RegionFactory(type="NO_ACCESS", area_end_time=timezone.now() + timedelta(days=1))
    station = factories.StationFactory(
        is_virtual=True, station_area=region.service_area, rental_methods=["KEY", "CASH"]
    )
    factories.AlertFactory(
        stations=[station],
        url="https://operator.example/storm",
        periods=[(timezone.now(), timezone.now() + timedelta(hours=1))],
    )
    factories.SystemHoursFactory(station=station, days=["MON"])
    scooter = factories.AssetTypeFactory(propulsion="ELECTRIC", full_range_meters=40_000, asset_class="STEP")
    AssetTypeCapacity.objects.create(station=station, asset_type=scooter, capacity=3)
    factories.AssetFactory(asset_type=scooter, state_of_charge=50)
    assert Operator.objects.get().gbfs_access == "PUBLIC"
    found = report(FeedReader())
    assert found.pop("manifest.json", []) == []
    assert found == {name: [] for name in found}
    assert len(found) == 11


def test_the_validator_sees_what_is_wrong(feed: FeedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.AssetFactory()
    whole = feed.get_json
    monkeypatch.setattr(feed, "get_json", lambda address: _without_ids(whole(address)))
    assert [error["keyword"] for error in report(feed)["vehicle_status.json"]] == ["required"]


def _without_ids(file: Any) -> Any:
    for vehicle in file["data"].get("vehicles", []):
        del vehicle["vehicle_id"]
    return file


def test_the_system(feed: FeedReader) -> None:
    Operator.objects.update(
        phone_number="+31 (30) 000-0000",
        store_uri_ios="itms-apps://x",
        discovery_uri_ios="bikes://",
        store_uri_android="x",
    )
    factories.SystemHoursFactory(days=["MON", "TUE", "WED", "SAT"], start_time=time(7), end_time=time(23, 59))
    factories.SystemHoursFactory(days=["SUN"], start_time=time(22), end_time=time(2, 30))
    factories.SystemHoursFactory(days=["FRI"], user_type="MEMBER")
    factories.SystemCalendarFactory(start_month=4, end_month=10)
    factories.SystemCalendarFactory(is_closed=True, start_month=12, start_day=25, end_day=25)
    told = feed.data("system_information")
    assert told["name"] == [{"text": "Test bikes", "language": "en"}, {"text": "Testfietsen", "language": "nl"}]
    assert told["opening_hours"] == (
        "Apr 01-Oct 31 Mo-We 07:00-24:00; Apr 01-Oct 31 Sa 07:00-24:00; Apr 01-Oct 31 Su 22:00-02:30; Dec 25 off"
    )
    assert told["phone_number"] == "+31300000000"
    assert told["rental_apps"] == {"ios": {"store_uri": "itms-apps://x", "discovery_uri": "bikes://"}}
    assert told["languages"] == ["en", "nl"]


def test_what_no_rule_speaks_of_is_open(feed: FeedReader) -> None:
    assert feed.data("system_information")["opening_hours"] == "24/7"
    factories.SystemHoursFactory(user_type="MEMBER")
    assert feed.data("system_information")["opening_hours"] == "off"


def test_a_station_with_hours_of_its_own_says_so(feed: FeedReader) -> None:
    region = factories.RegionFactory()
    pier = factories.StationFactory(station_id="pier", region=region)
    factories.StationFactory(station_id="square")
    factories.SystemCalendarFactory(is_closed=True, start_month=12, start_day=31)
    factories.SystemHoursFactory(region=region, days=["MON"], end_time=time(12))
    pier_told, square_told = feed.data("station_information")["stations"]
    assert pier_told["station_opening_hours"] == "Mo 00:00-12:00; Dec 31 off"
    assert "station_opening_hours" not in square_told
    factories.SystemHoursFactory(station=pier, days=["TUE"])
    assert feed.data("station_information")["stations"][0]["station_opening_hours"] == "Tu 00:00-24:00; Dec 31 off"


def test_vehicle_types_are_those_gbfs_has_words_for(feed: FeedReader) -> None:
    plan = factories.PricingPlanFactory(plan_id="per-minute")
    factories.AssetTypeFactory(type_id="bike", pricing_plan=plan, brand="Gazelle", co2_per_km=2.6)
    factories.AssetTypeFactory(
        type_id="cargo", propulsion="ELECTRIC", full_range_meters=9, cargo_load=80, pricing_plan=plan
    )
    factories.AssetTypeFactory(type_id="unknown-range", propulsion="ELECTRIC", pricing_plan=plan)
    factories.AssetTypeFactory(type_id="unknown-drive", propulsion="", pricing_plan=plan)
    factories.AssetTypeFactory(type_id="places", asset_class="PARKING", pricing_plan=plan)
    bike, cargo = feed.data("vehicle_types")["vehicle_types"]
    assert bike == {
        "vehicle_type_id": "bike",
        "form_factor": "bicycle",
        "propulsion_type": "human",
        "name": [ENGLISH, DUTCH],
        "make": [{"text": "Gazelle", "language": "en"}, {"text": "Gazelle", "language": "nl"}],
        "rider_capacity": 1,
        "g_CO2_km": 3,
        "default_reserve_time": 15,
        "default_pricing_plan_id": "per-minute",
        "pricing_plan_ids": ["per-minute"],
    }
    assert (cargo["form_factor"], cargo["propulsion_type"]) == ("cargo_bicycle", "electric_assist")
    assert (cargo["max_range_meters"], cargo["cargo_load_capacity"]) == (9, 80)


def test_only_what_anybody_may_see_and_hire_is_there(feed: FeedReader) -> None:
    bike = factories.AssetTypeFactory(type_id="bike")
    pier = factories.StationFactory(station_id="pier")
    shown = factories.AssetFactory(asset_type=bike, station=pier, home_station=pier)
    factories.AssetFactory(asset_type=bike, station=factories.StationFactory(is_public=False))
    for state in ("RESERVED", "IN_USE", "MAINTENANCE", "CHARGING", "RELOCATING", "MISSING", "RETIRED"):
        asset = factories.AssetFactory(asset_type=bike, state=state)
        if state == "RESERVED":
            period = DateTimeTZRange(timezone.now(), None)
            Reservation.objects.create(asset_type=bike, asset=asset, period=period)
    assert feed.data("vehicle_status")["vehicles"] == [
        {
            "vehicle_id": shown.public_id,
            "vehicle_type_id": "bike",
            "lat": shown.latitude,
            "lon": shown.longitude,
            "is_reserved": False,
            "is_disabled": False,
            "station_id": "pier",
            "home_station_id": "pier",
        }
    ]


def test_what_stands_where_it_is_closed_or_nobody_may_go_is_not_there(feed: FeedReader) -> None:
    bike, pier = factories.AssetTypeFactory(), factories.StationFactory()
    at_the_pier, loose, far = (
        factories.AssetFactory(asset_type=bike, **place).public_id
        for place in ({"station": pier}, {}, {"latitude": 10, "longitude": 10})
    )
    with time_machine.travel(NOON, tick=False):

        def shown() -> set[str]:
            return {vehicle["vehicle_id"] for vehicle in feed.data("vehicle_status")["vehicles"]}

        factories.SystemHoursFactory()
        assert shown() == {at_the_pier, loose, far}
        factories.SystemHoursFactory(station=pier, days=["TUE"])
        assert shown() == {loose, far}
        factories.RegionFactory(type="NO_ACCESS")
        assert shown() == {far}
        factories.SystemCalendarFactory(is_closed=True)
        assert shown() == set()


def test_with_a_motor_only_those_whose_charge_is_known(feed: FeedReader) -> None:
    scooter = factories.AssetTypeFactory(asset_class="STEP", propulsion="ELECTRIC", full_range_meters=30_001)
    factories.AssetFactory(asset_type=scooter)
    factories.AssetFactory(asset_type=scooter, state_of_charge=50)
    (vehicle,) = feed.data("vehicle_status")["vehicles"]
    assert (vehicle["current_fuel_percent"], vehicle["current_range_meters"]) == (0.5, 15_000)


def test_a_vehicle_where_another_price_applies_says_which(feed: FeedReader) -> None:
    everywhere, pier_plan, beach_plan = (
        factories.PricingPlanFactory(plan_id=name) for name in ("all", "pier", "beach")
    )
    bike = factories.AssetTypeFactory()
    pier, beach = factories.StationFactory(station_id="pier"), factories.RegionFactory()
    PricingRule.objects.create(plan=everywhere)
    PricingRule.objects.create(plan=pier_plan, station=pier)
    PricingRule.objects.create(plan=beach_plan, region=beach)
    PricingRule.objects.create(
        plan=factories.PricingPlanFactory(plan_id="theirs"), provider=factories.ProviderFactory()
    )
    at_the_pier = factories.AssetFactory(asset_type=bike, station=pier).public_id
    on_the_beach = factories.AssetFactory(asset_type=bike, latitude=52.1, longitude=5.1).public_id
    factories.AssetFactory(asset_type=bike, latitude=10, longitude=10)
    plans = {one["vehicle_id"]: one.get("pricing_plan_id") for one in feed.data("vehicle_status")["vehicles"]}
    assert (plans.pop(at_the_pier), plans.pop(on_the_beach), *plans.values()) == ("pier", "beach", None)
    (told,) = feed.data("vehicle_types")["vehicle_types"]
    assert (told["default_pricing_plan_id"], told["pricing_plan_ids"]) == ("all", ["all", "beach", "pier"])
    assert {one["plan_id"] for one in feed.data("system_pricing_plans")["plans"]} == {"all", "beach", "pier"}


def test_stations_say_what_is_there_and_whether_they_are_open(feed: FeedReader) -> None:
    bike, places = factories.AssetTypeFactory(type_id="bike"), factories.AssetTypeFactory(asset_class="PARKING")
    pier = factories.StationFactory(station_id="pier", capacity=5, is_returning=False)
    factories.StationFactory(is_public=False)
    AssetTypeCapacity.objects.create(station=pier, asset_type=bike, capacity=4)
    factories.AssetFactory.create_batch(2, asset_type=bike, station=pier)
    factories.AssetFactory(asset_type=bike, station=pier, state="MAINTENANCE")
    factories.AssetFactory(asset_type=places, station=pier)
    with time_machine.travel(NOON, tick=False):
        (told,) = feed.data("station_status")["stations"]
        assert told == {
            "station_id": "pier",
            "num_vehicles_available": 2,
            "vehicle_types_available": [{"vehicle_type_id": "bike", "count": 2}],
            "num_docks_available": 1,
            "vehicle_docks_available": [{"vehicle_type_ids": ["bike"], "count": 1}],
            "is_installed": True,
            "is_renting": True,
            "is_returning": False,
            "last_reported": "2030-06-03T14:00:00+02:00",
        }
        factories.SystemHoursFactory(days=["TUE"])
        assert feed.data("station_status")["stations"][0]["is_renting"] is False
    (described,) = feed.data("station_information")["stations"]
    assert (described["capacity"], described["vehicle_docks_capacity"]) == (
        5,
        [{"vehicle_type_ids": ["bike"], "count": 4}],
    )


def test_prices_are_said_per_minute_and_kilometre(feed: FeedReader) -> None:
    parts: list[dict[str, Any]] = [
        {"type": "FIXED", "amount": Decimal("1.50")},
        {"type": "FIXED", "amount": Decimal("0.50")},
        {
            "type": "FLEX",
            "amount": Decimal("0.10"),
            "units": 5,
            "unit_type": "MINUTE",
            "scale_type": "MINUTE",
            "scale_to": 30,
        },
        {
            "type": "FLEX",
            "amount": Decimal(6),
            "units": 1,
            "unit_type": "HOUR",
            "scale_type": "MINUTE",
            "scale_from": 31,
        },
        {"type": "FLEX", "amount": Decimal("0.01"), "units": 30, "unit_type": "SECOND"},
        {"type": "FLEX", "amount": Decimal("0.25"), "units": 1, "unit_type": "KM"},
        {"type": "FLEX", "amount": Decimal("0.05"), "units": 1, "unit_type": "MINUTE", "asset_state": "PAUSED"},
        {"type": "FLEX", "amount": Decimal(10), "units": 1, "unit_type": "PERCENTAGE", "kind": "SURGE"},
        {"type": "FLEX", "amount": Decimal(9), "units": 1, "unit_type": "HOUR", "kind": "SURGE", "days": ["TUE"]},
        {"type": "MAX", "amount": Decimal(20)},
    ]
    plan = factories.PricingPlanFactory(parts=parts, url="https://operator.example/prices")
    factories.AssetTypeFactory(pricing_plan=plan)
    with time_machine.travel(NOON, tick=False):
        (told,) = feed.data("system_pricing_plans")["plans"]
    assert (told["price"], told["currency"], told["is_taxable"], told["surge_pricing"]) == (2.0, "EUR", False, True)
    assert told["per_min_pricing"] == [
        {"start": 0, "rate": 0.02, "interval": 1},
        {"start": 0, "rate": 0.1, "interval": 5, "end": 30},
        {"start": 30, "rate": 6.0, "interval": 60},
    ]
    assert told["per_km_pricing"] == [{"start": 0, "rate": 0.25, "interval": 1}]
    assert told["description"][1] == {"text": "1,00 en 0,25 per minuut", "language": "nl"}


def test_zones_are_what_the_end_of_a_ride_is_held_to(feed: FeedReader) -> None:
    square = {"type": "Polygon", "coordinates": [[[5.1, 52.0], [5.3, 52.0], [5.3, 52.2], [5.1, 52.2], [5.1, 52.0]]]}
    assert feed.data("geofencing_zones")["global_rules"][0]["ride_end_allowed"] is True
    factories.RegionFactory(region_id="town", area_start_time=NOON - timedelta(days=1))
    factories.RegionFactory(region_id="slow", type="SPEEDLIMIT", type_value=10, type_unit="MPH", service_area=square)
    factories.RegionFactory(region_id="park", type="NO_PARKING", area_end_time=NOON + timedelta(days=1))
    factories.RegionFactory(region_id="army", type="NO_ACCESS")
    factories.RegionFactory(region_id="over", type="NO_ACCESS", area_end_time=NOON)
    factories.RegionFactory(region_id="sale", type="DISCOUNT")
    with time_machine.travel(NOON, tick=False):
        told = feed.data("geofencing_zones")
        regions = feed.data("system_regions")["regions"]
    assert told["global_rules"] == [
        {"ride_start_allowed": True, "ride_end_allowed": False, "ride_through_allowed": True}
    ]
    rules = [feature["properties"]["rules"][0] for feature in told["geofencing_zones"]["features"]]
    assert [(one["ride_start_allowed"], one["ride_end_allowed"], one["ride_through_allowed"]) for one in rules] == [
        (False, False, False),  # army
        (True, False, True),  # park
        (True, True, True),  # slow, in town
        (True, False, True),  # slow, out of town
        (True, True, True),  # town
    ]
    assert [one.get("maximum_speed_kph") for one in rules] == [None, None, 16, 16, None]
    zones = told["geofencing_zones"]["features"]
    assert {one["geometry"]["type"] for one in zones} == {"MultiPolygon"}
    assert zones[1]["properties"]["end"] == "2030-06-04T12:00:00Z"
    assert [one["region_id"] for one in regions] == ["army", "park", "sale", "slow", "town"]


@time_machine.travel(NOON, tick=False)
def test_alerts_are_those_that_are_not_over(feed: FeedReader) -> None:
    pier = factories.StationFactory(station_id="pier")
    hour = timedelta(hours=1)
    factories.AlertFactory(
        alert_id="storm", alert_type="STATION_CLOSURE", stations=[pier], periods=[(NOON, NOON + hour)]
    )
    factories.AlertFactory(alert_id="over", periods=[(NOON - hour, NOON)])
    (told,) = feed.data("system_alerts")["alerts"]
    assert told == {
        "alert_id": "storm",
        "type": "station_closure",
        "times": [{"start": "2030-06-03T12:00:00Z", "end": "2030-06-03T13:00:00Z"}],
        "station_ids": ["pier"],
        "summary": [{"text": "It storms", "language": "en"}, {"text": "Het stormt", "language": "nl"}],
        "last_updated": "2030-06-03T12:00:00Z",
    }
