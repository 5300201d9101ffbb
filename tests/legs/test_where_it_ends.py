"""Where a ride may end: the operator's regions and opening hours. Source: TOMP 1.6.1 `systemRegion`, `systemHours`."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from tests import factories
from tests.profiles import client
from tests.rides import STAFF, event, everything, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
INSIDE, OUTSIDE = {"lat": 52.095, "lng": 5.125}, {"lat": 52.2, "lng": 5.3}
AREA = {"type": "Polygon", "coordinates": [[[5.12, 52.09], [5.13, 52.09], [5.13, 52.10], [5.12, 52.10], [5.12, 52.09]]]}


def left_at(coordinates: dict[str, float]) -> dict[str, Any]:
    return {"asset": {"overriddenProperties": {"location": {"coordinates": coordinates}}}}


def in_use(mp: TompClient, asset: Any) -> str:
    return leg_that_is(mp, asset, "IN_USE")


def refused(mp: TompClient, leg: str, words: str, **fields: Any) -> None:
    """FINISH is refused with 4002, and nothing has happened."""
    before = everything()
    answer = event(mp, leg, "FINISH", **fields)
    assert (answer.status, answer.body["errorcode"]) == (400, 4002), answer
    assert words in answer.body["detail"]
    assert everything() == before


def finished(mp: TompClient, leg: str, **fields: Any) -> bool:
    return event(mp, leg, "FINISH", **fields).body["state"] == "FINISHED"


@pytest.mark.parametrize("kind", ["NO_PARKING", "NO_ACCESS"])
def test_not_where_nothing_may_be_parked(mp: TompClient, asset: Any, kind: str) -> None:
    leg = in_use(mp, asset)
    factories.RegionFactory(type=kind, service_area=AREA)
    refused(mp, leg, kind, **left_at(INSIDE))
    refused(mp, leg, kind)  # unsaid, it is where it was last seen
    assert finished(mp, leg, **left_at(OUTSIDE))


def test_not_outside_every_area_we_operate_in(mp: TompClient, asset: Any) -> None:
    leg = in_use(mp, asset)
    factories.RegionFactory(service_area=AREA)
    factories.RegionFactory()
    refused(mp, leg, "outside the area in which we operate", **left_at(OUTSIDE))
    assert finished(mp, leg, **left_at({"lat": 52.15, "lng": 5.15})), "one of the two is enough"


@pytest.mark.parametrize("kind", ["PARKING", "SPEEDLIMIT", "DISCOUNT"])
@pytest.mark.parametrize("coordinates", [INSIDE, OUTSIDE])
def test_other_areas_only_inform(mp: TompClient, asset: Any, kind: str, coordinates: dict[str, float]) -> None:
    leg = in_use(mp, asset)
    factories.RegionFactory(type=kind, service_area=AREA)
    assert finished(mp, leg, **left_at(coordinates))


def test_an_area_holds_in_its_time(mp: TompClient, asset: Any) -> None:
    leg = in_use(mp, asset)
    over = factories.RegionFactory(type="NO_PARKING", service_area=AREA)
    over.area_end_time = timezone.now() - timedelta(minutes=1)
    over.save()
    assert finished(mp, leg, **left_at(INSIDE))


def test_the_station_counts_by_where_it_lies(mp: TompClient, asset: Any) -> None:
    station = factories.StationFactory(station_id="S1", latitude=INSIDE["lat"], longitude=INSIDE["lng"])
    leg = in_use(mp, asset)
    factories.RegionFactory(type="NO_PARKING", service_area=AREA)
    there = {"asset": {"overriddenProperties": {"location": {"stationId": station.station_id}}}}
    refused(mp, leg, "NO_PARKING", **there)


def test_staff_end_a_ride_wherever_and_whenever(mp: TompClient, asset: Any) -> None:
    leg = in_use(mp, asset)
    factories.RegionFactory(type="NO_ACCESS", service_area=AREA)
    factories.SystemCalendarFactory(is_closed=True)
    apply_event(leg_id=Leg.objects.get().pk, happening=Happening(event="FINISH", time=timezone.now()), actor=STAFF)
    assert mp.get(f"/legs/{leg}").body["state"] == "FINISHED"


# --- stations that are closed ------------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday, in Amsterdam


@pytest.mark.parametrize("rule", ["hours", "calendar"])
def test_a_closed_station_takes_nothing_back(operator: Any, asset: Any, rule: str) -> None:
    station = factories.StationFactory(station_id="S1", latitude=INSIDE["lat"], longitude=INSIDE["lng"])
    there = {"asset": {"overriddenProperties": {"location": {"stationId": "S1"}}}}
    mp = client()
    with time_machine.travel(NOON, tick=False) as clock:
        leg = in_use(mp, asset)
        if rule == "hours":
            factories.SystemHoursFactory(station=station, days=["MON"], start_time=time(8), end_time=time(13))
        else:
            factories.SystemCalendarFactory(
                station=station, is_closed=True, start_month=11, start_day=24, end_month=11, end_day=24
            )
        clock.shift(timedelta(hours=12))  # midnight: the shop is shut, and it is the 24th
        refused(mp, leg, "opening hours", **there)
        assert finished(mp, leg, **left_at(INSIDE)), "anywhere else it may be left"


def test_an_open_station_takes_it_back(operator: Any, asset: Any) -> None:
    """The system is closed; the station and the region where the ride began have hours of their own."""
    factories.SystemHoursFactory(days=["SUN"])
    factories.SystemHoursFactory(station=factories.StationFactory(station_id="S1"), days=["MON"])
    factories.SystemHoursFactory(region=factories.RegionFactory(type="PARKING"), days=["MON"])
    with time_machine.travel(NOON, tick=False):
        mp = client()
        leg = in_use(mp, asset)
        assert finished(mp, leg, asset={"overriddenProperties": {"location": {"stationId": "S1"}}})


def test_coordinates_at_a_station_are_that_station(operator: Any) -> None:
    """Also where it is the return area that was agreed; the pool keeps its asset."""
    square = factories.StationFactory(station_id="square", latitude=52.0907, longitude=5.1214)
    agreed = [{"conditionType": "conditionReturnArea", "stationId": "square"}]
    asset = factories.AssetFactory(station=square)
    leg = leg_that_is(mp := client(conditions=agreed), asset, "IN_USE")
    place = {"overriddenProperties": {"location": {"coordinates": {"lat": 52.0909, "lng": 5.1216}}}}
    assert event(mp, leg, "FINISH", asset=place).status == 200
    asset.refresh_from_db()
    assert asset.station == square


def test_coordinates_far_from_the_station_they_name_are_refused(mp: TompClient, asset: Any) -> None:
    station = factories.StationFactory(station_id="S1", latitude=INSIDE["lat"], longitude=INSIDE["lng"])
    leg = in_use(mp, asset)
    far = {"coordinates": {"lat": 0.0, "lng": 0.0}, "stationId": station.station_id}
    refused(mp, leg, "not at its station", asset={"overriddenProperties": {"location": far}})
