"""How far a ride went, and its line: by the asset's mileage, its trail, or the places its events named."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Asset
from apps.bookings.services import cancel
from apps.legs.models import Leg
from apps.legs.trails import MOST_POINTS_OF_A_LINE, purge_trails
from apps.telemetry.models import TrailPoint
from apps.telemetry.services import take
from tests import factories
from tests.rides import STAFF, event, everything, leg_that_is
from tests.telemetry.sending import reading
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

# A hundredth of a degree to the north, in metres.
NORTH = 1112


@pytest.fixture
def clock() -> Iterator[Any]:
    """Time stands still until it is shifted."""
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False) as clock:
        yield clock


@pytest.fixture
def priced(operator: Any) -> Asset:
    """A bike at one euro a kilometre, heard of last before the ride."""
    part = {"type": "FLEX", "amount": 1, "units": 1, "unit_type": "KM"}
    plan = factories.PricingPlanFactory(parts=[part])
    return factories.AssetFactory(
        asset_type__pricing_plan=plan, position_at=timezone.now() - timedelta(hours=1), latitude=52.09, longitude=5.12
    )


def say(asset: Asset, **fields: Any) -> None:
    """The asset reports."""
    assert take([reading(asset, **fields)], now=timezone.now()) == []


def ride_north(asset: Asset, clock: Any, *, steps: int = 3, mileage: float | None = None) -> None:
    """Some 1.1 km each minute, each of them reported."""
    for step in range(1, steps + 1):
        clock.shift(60)
        read = {} if mileage is None else {"mileage": mileage + step * 1.5}
        say(asset, lat=52.09 + step * 0.01, lng=5.12, **read)


def finished(mp: TompClient, leg: str, **fields: Any) -> Leg:
    """FINISH it."""
    answer = event(mp, leg, "FINISH", **fields)
    assert answer.status == 200, answer
    return Leg.objects.get(pk=leg)


def test_the_trail_is_the_distance_and_the_line(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    say(priced, lat=52.09, lng=5.12)
    ride_north(priced, clock)
    done = finished(mp, leg)
    assert (done.distance_source, done.distance_meters) == ("TRAIL", 3 * NORTH)
    assert done.progress_geometry == {"type": "LineString", "coordinates": [[5.12, 52.09], [5.12, 52.12]]}
    assert mp.get(f"/legs/{leg}").body["progressGeometry"] == done.progress_geometry
    assert mp.get(f"/bookings/{leg}").body["legs"][0]["progressGeometry"] == done.progress_geometry


def test_mileage_read_at_both_ends_comes_before_the_trail(mp: TompClient, priced: Asset, clock: Any) -> None:
    say(priced, mileage=100)
    clock.shift(50)
    leg = leg_that_is(mp, priced, "IN_USE")
    ride_north(priced, clock, mileage=100)
    done = finished(mp, leg)
    assert (done.distance_source, done.distance_meters) == ("MILEAGE", 4500)
    assert done.progress_geometry is not None
    (part,) = done.final_fare["parts"]
    assert float(part["amount"]) == 5, "five kilometres begun"


def test_a_meter_not_read_at_the_end_says_nothing(mp: TompClient, priced: Asset, clock: Any) -> None:
    say(priced, mileage=100)
    leg = leg_that_is(mp, priced, "IN_USE")
    ride_north(priced, clock, mileage=100)
    clock.shift(61)
    assert finished(mp, leg).distance_source == "TRAIL"


def test_a_meter_set_back_says_nothing(mp: TompClient, priced: Asset, clock: Any) -> None:
    say(priced, mileage=1000)
    leg = leg_that_is(mp, priced, "IN_USE")
    ride_north(priced, clock, mileage=0)
    assert finished(mp, leg).distance_source == "TRAIL"


def test_what_the_last_ride_or_staff_drove_is_not_the_travellers(mp: TompClient, priced: Asset, clock: Any) -> None:
    """The meter was read last on the ride before; how far staff drove since, nobody said."""
    first = leg_that_is(mp, priced, "IN_USE")
    say(priced, mileage=100)
    clock.shift(60)
    finished(mp, first)
    clock.shift(3600)
    second = leg_that_is(mp, priced, "IN_USE")
    clock.shift(300)
    say(priced, mileage=150)
    done = finished(mp, second)
    assert (done.distance_source, done.distance_meters) == ("EVENTS", 0)


def test_a_meter_that_moved_while_parked_is_read_anew(mp: TompClient, priced: Asset, clock: Any) -> None:
    say(priced, mileage=100)
    clock.shift(60)
    say(priced, mileage=110)
    clock.shift(60)
    leg = leg_that_is(mp, priced, "IN_USE")
    clock.shift(600)
    say(priced, mileage=113)
    done = finished(mp, leg)
    assert (done.distance_source, done.distance_meters) == ("MILEAGE", 3000)


def test_without_readings_it_is_as_the_crow_flies(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    clock.shift(600)
    there = {"overriddenProperties": {"location": {"coordinates": {"lat": 52.1, "lng": 5.12}}}}
    done = finished(mp, leg, asset=there)
    assert done.distance_source == "EVENTS"
    assert done.distance_meters == pytest.approx(NORTH, abs=1)
    assert done.progress_geometry is None
    assert "progressGeometry" not in mp.get(f"/legs/{leg}").body


def test_ends_that_the_trail_lacks_are_as_the_crow_flies(mp: TompClient, priced: Asset, clock: Any) -> None:
    """A unit that woke up late and fell asleep early."""
    leg = leg_that_is(mp, priced, "IN_USE")
    start = Leg.objects.get(pk=leg).from_place["coordinates"]
    clock.shift(300)
    say(priced, lat=start["lat"] + 0.01, lng=start["lng"])
    clock.shift(300)
    there = {"lat": start["lat"] + 0.02, "lng": start["lng"]}
    done = finished(mp, leg, asset={"overriddenProperties": {"location": {"coordinates": there}}})
    assert done.distance_source == "TRAIL"
    assert done.distance_meters == pytest.approx(2 * NORTH, abs=1)


def test_noise_and_mistakes_of_the_position_are_not_ridden(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    for step in range(60):
        say(priced, lat=52.09 + (0.0001 if step % 2 else 0), lng=5.12)
        clock.shift(10)
    say(priced, lat=53.5, lng=5.12)
    clock.shift(10)
    say(priced, lat=52.09, lng=5.12)
    assert finished(mp, leg).distance_meters == 0


def test_only_the_rides_own_time_is_told_and_only_to_its_mp(
    mp: TompClient, stranger: TompClient, priced: Asset, clock: Any
) -> None:
    say(priced, lat=52.05, lng=5.12)
    clock.shift(1)
    leg = leg_that_is(mp, priced, "IN_USE")
    assert "progressGeometry" not in mp.get(f"/legs/{leg}").body
    clock.shift(60)
    say(priced, lat=52.09, lng=5.12)
    ride_north(priced, clock, steps=1)
    line = mp.get(f"/legs/{leg}").body["progressGeometry"]
    assert line["coordinates"] == [[5.12, 52.09], [5.12, 52.1]]
    assert stranger.get(f"/legs/{leg}").status == 404
    clock.shift(1)
    finished(mp, leg)
    clock.shift(60)
    say(priced, lat=52.2, lng=5.12)
    assert mp.get(f"/legs/{leg}").body["progressGeometry"] == line
    assert mp.get(f"/legs/{leg}/progress").body["coordinates"] == {"lat": 52.1, "lng": 5.12}


def test_progress_tells_where_it_is_and_how_far_it_came(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    say(priced, lat=52.09, lng=5.12)
    ride_north(priced, clock, steps=2)
    body = mp.get(f"/legs/{leg}/progress").body
    assert body["coordinates"] == {"lat": pytest.approx(52.11), "lng": 5.12}
    assert (body["distance"], body["duration"]) == (2 * NORTH, 120_000)
    assert mp.get(f"/legs/{leg}/progress?location-only=true").body == {"coordinates": body["coordinates"]}


def test_progress_costs_the_same_however_long_the_trail(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert mp.get(path).status == 200
        return len(queries)

    paths = (f"/legs/{leg}/progress", f"/legs/{leg}", f"/legs/{leg}/progress?location-only=true")
    clock.shift(60)
    say(priced, lat=52.09, lng=5.12)
    before = [cost(path) for path in paths]
    ride_north(priced, clock, steps=50)
    assert [cost(path) for path in paths] == before == [4, 3, 2]


def test_a_long_trail_makes_a_short_line(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    begin = timezone.now()
    TrailPoint.objects.bulk_create(
        TrailPoint(
            asset=priced,
            at=begin + timedelta(seconds=10 * step),
            latitude=52 + step * 0.0003,
            longitude=5 + (step % 2) * 0.001,
            in_use=True,
        )
        for step in range(25_000)
    )
    clock.shift(250_000)
    Asset.objects.update(seen_at=timezone.now())
    done = finished(mp, leg)
    assert 2 <= len(done.progress_geometry["coordinates"]) <= MOST_POINTS_OF_A_LINE
    assert done.progress_geometry["coordinates"][0] == [5.0, 52.0]
    assert done.progress_geometry["coordinates"][-1] == [5.001, pytest.approx(52 + 24_999 * 0.0003)]


@pytest.fixture
def at_stations(priced: Asset) -> tuple[Asset, Any, Any]:
    """The bike at one station, and another station 1.1 km to the north."""
    home = factories.StationFactory(latitude=52.09, longitude=5.12)
    other = factories.StationFactory(latitude=52.10, longitude=5.12)
    priced.station = home
    priced.save()
    return priced, home, other


@pytest.mark.parametrize(("latitude", "where"), [(52.0901, "home"), (52.1003, "other"), (52.095, "none")])
def test_a_ride_ends_where_the_asset_says_it_is(
    mp: TompClient, at_stations: Any, clock: Any, latitude: float, where: str
) -> None:
    """FINISH names no place: the asset joins the pool of the station it is at, and of no other."""
    asset, home, other = at_stations
    leg = leg_that_is(mp, asset, "IN_USE")
    clock.shift(60)
    say(asset, lat=latitude, lng=5.12)
    seen = timezone.now()
    clock.shift(30)
    finished(mp, leg)
    asset.refresh_from_db()
    assert (asset.latitude, asset.position_at, asset.state) == (latitude, seen, "AVAILABLE")
    assert asset.station == {"home": home, "other": other, "none": None}[where]


def test_a_ride_of_an_asset_that_says_nothing_ends_where_it_was_hired(
    mp: TompClient, at_stations: Any, clock: Any
) -> None:
    asset, home, _ = at_stations
    leg = leg_that_is(mp, asset, "IN_USE")
    clock.shift(60)
    finished(mp, leg)
    asset.refresh_from_db()
    assert asset.station == home


def test_a_ride_that_staff_cancel_leaves_the_asset_where_it_says_it_is(
    mp: TompClient, at_stations: Any, clock: Any
) -> None:
    asset, _, _ = at_stations
    leg = leg_that_is(mp, asset, "IN_USE")
    clock.shift(60)
    say(asset, lat=52.095, lng=5.12)
    cancel(booking_id=leg, actor=STAFF, reason="stolen")
    asset.refresh_from_db()
    assert (asset.latitude, asset.station, asset.state) == (52.095, None, "AVAILABLE")


def test_the_trail_is_forgotten_after_its_time_but_not_that_of_a_ride(
    mp: TompClient, priced: Asset, clock: Any, settings: Any
) -> None:
    settings.TELEMETRY_TRAIL_DAYS = 2
    say(priced, lat=52.0, lng=5.12)
    parked = factories.AssetFactory(asset_type=priced.asset_type)
    say(parked, lat=52.0, lng=5.12)
    clock.shift(1)
    leg = leg_that_is(mp, priced, "IN_USE")
    say(priced, lat=52.09, lng=5.12)
    clock.shift(timedelta(days=3))
    say(parked, lat=52.0, lng=5.12)
    assert purge_trails(now=timezone.now()) == 2
    assert set(TrailPoint.objects.values_list("asset__code", "latitude")) == {
        (priced.code, 52.09),
        (parked.code, 52.0),
    }
    finished(mp, leg)
    assert purge_trails(now=timezone.now()) == 1
    assert purge_trails(now=timezone.now()) == 0


def test_a_refused_finish_keeps_no_line(mp: TompClient, priced: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    ride_north(priced, clock)
    before = everything()
    assert event(mp, leg, "FINISH", time="2020-01-01T00:00:00Z").status == 400
    assert everything() == before


def test_staff_see_from_what_the_distance_is_known(
    mp: TompClient, priced: Asset, clock: Any, admin_client: Client
) -> None:
    leg = leg_that_is(mp, priced, "IN_USE")
    say(priced, lat=52.09, lng=5.12)
    ride_north(priced, clock, steps=1)
    finished(mp, leg)
    assert "1.11 km, by the asset&#x27;s trail" in admin_client.get(f"/admin/legs/leg/{leg}/change/").text
    text = admin_client.get(f"/admin/assets/asset/{priced.pk}/change/").text
    assert "2 points; the last one, of" in text
