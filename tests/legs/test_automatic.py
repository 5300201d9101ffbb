"""Automatic assignment: some time before the departure the clock gives a booked place its asset, and tells the MP.

Source: seed micromobility-operator, upfront-booking.
"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.history.models import Transition
from apps.legs.automatic import assign_due
from apps.legs.models import Leg
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client as mp_with
from tests.rides import at, event, everything, operate

pytestmark = pytest.mark.django_db

UPFRONT = {"planning": ["PLANNING_BASED"], "booking": ["AUTO_COMMIT", "ACCESS_CODE_IN_GET_LEG"]}


@pytest.fixture
def upfront(operator):
    """An MP whose places are given an asset half an hour before the departure."""
    return mp_with(**UPFRONT, settings={"assignMinutes": 30})


@pytest.fixture
def station(operator):
    """Where it stands."""
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


@pytest.fixture
def bike(station):
    """The fullest one there."""
    return factories.AssetFactory(station=station, state_of_charge=80)


def book(mp, *, hours: float = 2) -> str:
    """A place from so many hours ahead on, for an hour."""
    start = timezone.now() + timedelta(hours=hours)
    plan = {"from": {"stationId": "S1"}, "to": {"stationId": "S1"}}
    window = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1))}
    options = mp.post("/planning/offers", {**plan, **window}).body["options"]
    return mp.post("/bookings", {"id": options[0]["id"]}).body["id"]


def test_the_best_asset_is_assigned_when_its_time_has_come_and_the_mp_is_told(upfront, station, bike):
    factories.AssetFactory(station=station, asset_type=bike.asset_type, state_of_charge=40)
    leg = book(upfront)
    assert assign_due() == 0, "not yet"
    with time_machine.travel(timezone.now() + timedelta(minutes=91), tick=False):
        assert assign_due() == 1
        assert assign_due() == 0
        told = OutboxMessage.objects.get()
        answer = upfront.get(f"/legs/{leg}").body
    assert (told.method, told.path, told.subject) == ("POST", f"/legs/{leg}/events", "ASSIGN_ASSET")
    assert told.body["event"] == "ASSIGN_ASSET"
    assert told.body["asset"] == {
        "id": bike.public_id,
        "stateOfCharge": 80,
        "overriddenProperties": {"location": {"coordinates": {"lat": 52.0907, "lng": 5.1214}}},
    }
    assert answer["asset"]["id"] == bike.public_id
    assert "assetAccessData" in answer, "as the process says"
    assert Transition.objects.filter(booking_id=leg, event="ASSIGN_ASSET").get().actor_kind == "CLOCK"
    bike.refresh_from_db()
    assert bike.state == "AVAILABLE", "promised for later"
    assert bike.reservations.get(released_at=None).leg.pk == Leg.objects.get(pk=leg).pk


def test_who_is_near_the_departure_gets_it_at_once(upfront, bike):
    book(upfront, hours=0.1)
    assert assign_due() == 1


def test_without_the_setting_the_traveller_chooses(operator, bike):
    mp = mp_with(**UPFRONT)
    leg = book(mp)
    with time_machine.travel(timezone.now() + timedelta(minutes=119)):
        before = everything()
        assert assign_due() == 0
        assert everything() == before
    assert Leg.objects.get(pk=leg).assign_at is None


def test_a_place_that_is_not_confirmed_waits(operator, bike):
    mp = mp_with(planning=["PLANNING_BASED"], settings={"assignMinutes": 30})
    leg = book(mp, hours=0.1)
    assert assign_due() == 0
    operate(mp, leg, "COMMIT")
    assert assign_due() == 1


def test_what_the_traveller_chose_stays(upfront, station, bike):
    other = factories.AssetFactory(station=station, asset_type=bike.asset_type, state_of_charge=10)
    leg = book(upfront)
    event(upfront, leg, "ASSIGN_ASSET", asset={"id": other.public_id})
    with time_machine.travel(timezone.now() + timedelta(minutes=100)):
        assert assign_due() == 0
    assert Leg.objects.get(pk=leg).asset == other


def test_what_is_cancelled_gets_none(upfront, bike):
    leg = book(upfront, hours=0.1)
    operate(upfront, leg, "CANCEL")
    before = everything()
    assert assign_due() == 0
    assert everything() == before


def test_a_postponed_departure_postpones_the_assignment(upfront, bike):
    leg = book(upfront, hours=0.2)
    departure = timezone.now() + timedelta(minutes=60)
    assert event(upfront, leg, "TIME_POSTPONE", time=at(departure)).status == 200
    assert assign_due() == 0
    assert Leg.objects.get(pk=leg).assign_at == departure - timedelta(minutes=30)


def test_where_none_is_left_staff_see_it_once_and_it_is_tried_again(upfront, bike, admin_client):
    leg = book(upfront, hours=0.4)
    lacking = {"asset": "lacking"}
    address = reverse("admin:legs_leg_changelist")
    assert leg[:8] not in admin_client.get(address, lacking).text
    bike.start_maintenance()
    bike.save()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            assert assign_due() == 0
            clock.shift(timedelta(seconds=20))
        assert not OutboxMessage.objects.exists()
        (row,) = Transition.objects.filter(booking_id=leg, event="LACKS_ASSET")
        assert row.reason == "No asset of the booked type is left at the pick-up point."
        assert leg[:8] in admin_client.get(address, lacking).text
        assert "none left since" in admin_client.get(reverse("admin:legs_leg_change", args=[leg])).text
        bike.return_to_service()
        bike.save()
        clock.shift(timedelta(seconds=30))
        assert assign_due() == 1
    assert leg[:8] not in admin_client.get(address, lacking).text
    assert OutboxMessage.objects.get().body["asset"]["id"] == bike.public_id


def test_what_can_no_longer_be_ridden_is_not_tried_for_ever(upfront, bike):
    bike.asset_type.default_reserve_time = 0  # nobody is a no-show
    bike.asset_type.save()
    leg = book(upfront, hours=0.1)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert assign_due() == 0
    assert Leg.objects.get(pk=leg).assign_at is None


def test_a_leg_that_cannot_be_swept_does_not_stop_the_others(upfront, station, bike):
    broken = book(upfront, hours=0.1)
    factories.AssetFactory(station=station, asset_type=bike.asset_type, state_of_charge=40)
    fine = book(upfront, hours=0.2)
    Leg.objects.filter(pk=broken).update(from_place={"coordinates": {"lat": 0.0, "lng": 0.0}})
    assert assign_due() == 1
    assert Leg.objects.get(pk=fine).asset is not None
    assert Leg.objects.get(pk=broken).lacks_asset_since is not None, "what stands there is out of reach"


def test_a_sweep_with_nothing_due_is_one_statement(upfront, bike, django_assert_num_queries):
    book(upfront)
    with django_assert_num_queries(1):
        assert assign_due() == 0


def test_an_assignment_costs_a_fixed_number_of_statements(upfront, bike, django_assert_max_num_queries):
    book(upfront, hours=0.1)
    with django_assert_max_num_queries(32):
        assert assign_due() == 1
