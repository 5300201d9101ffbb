"""No asset and no place is ever promised twice: the pool's rule, the clock, and states that follow reservations."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.assets.services import change_service_state, follow_reservations
from apps.bookings.models import Booking
from apps.fleet.withdrawing import bookings_promised, withdraw
from apps.tomp.errors import IllegalState
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, STAFF, at, confirmed, event, everything, offer, operate

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(operator: Any) -> Any:
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


@pytest.fixture
def upfront(operator: Any) -> Any:
    """An MP that books places; its bookings are confirmed at once."""
    return client(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"])


def docked(station: Any, count: int) -> list[Asset]:
    kind = factories.AssetTypeFactory()
    return [factories.AssetFactory(asset_type=kind, station=station) for _ in range(count)]


def between(start: float, end: float) -> dict[str, Any]:
    """A window in hours from now."""
    now = timezone.now()
    return {
        "departureTime": at(now + timedelta(hours=start)),
        "arrivalTime": at(now + timedelta(hours=end)),
        "to": HERE,
    }


def place(mp: Any, start: float, end: float) -> Any:
    plan = {"from": {"stationId": "S1"}, **between(start, end)}
    options = mp.post("/planning/offers", plan).body["options"]
    return mp.post("/bookings", {"id": options[0]["id"]}) if options else None


def asset_for(mp: Any, bike: Asset, start: float, end: float) -> Any:
    return mp.post("/bookings", {"id": offer(mp, bike, **between(start, end))})


def test_a_place_can_be_given_an_asset_however_the_others_are_promised(upfront, mp, station):
    """Two bikes, a place for 2 … 6 h: a for 5 … 7 h leaves it b; b for 1 … 3 h would leave it none."""
    a, b = docked(station, 2)
    later = offer(mp, b, **between(1, 3))
    assert place(upfront, 2, 6).status == 201
    assert asset_for(mp, a, 5, 7).status == 201
    before = everything()
    refused = mp.post("/bookings", {"id": later})
    assert (refused.status, refused.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_riding_off_early_does_not_take_the_last_bike_of_a_place(upfront, mp, station):
    (bike,) = docked(station, 1)
    ride = asset_for(mp, bike, 5, 6).body["id"]
    operate(mp, ride, "COMMIT")
    assert place(upfront, 1, 3).status == 201
    before = everything()
    answer = event(mp, ride, "SET_IN_USE")
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_who_comes_after_the_agreed_time_has_no_right_to_the_asset(mp, stranger, asset):
    late = asset_for(mp, asset, 0, 1).body["id"]
    operate(mp, late, "COMMIT")
    Booking.objects.filter(pk=late).update(no_show_at=None)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        in_time = confirmed(stranger, asset)
        before = everything()
        answer = event(mp, late, "SET_IN_USE")
        assert (answer.status, answer.body["errorcode"]) == (403, 4004)
        assert everything() == before
        assert event(stranger, in_time, "SET_IN_USE").status == 200


def test_who_comes_after_the_agreed_time_of_a_place_is_told_so(upfront, station):
    docked(station, 1)
    booking = place(upfront, 0.1, 0.2).body["id"]
    Booking.objects.update(no_show_at=None)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        answer = event(upfront, booking, "SET_IN_USE")
    assert answer.status in {403, 409}


def test_a_hold_that_ran_out_stands_in_nobodys_way(mp, stranger, asset):
    ride = asset_for(mp, asset, 2, 3).body["id"]
    operate(mp, ride, "COMMIT")
    stranger.post("/bookings", {"id": offer(stranger, asset, **between(4, 5))})
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        longer = timezone.now() + timedelta(hours=4, minutes=30)
        assert event(mp, ride, "TIME_EXTEND", time=at(longer)).status == 200


def test_an_asset_a_place_depends_on_is_not_taken_out_of_service_unasked(upfront, station):
    first, second = docked(station, 2)
    booking = place(upfront, 1, 3).body["id"]
    change_service_state(asset_id=first.pk, event="start_maintenance", actor=STAFF, reason="brakes")
    before = everything()
    with pytest.raises(IllegalState, match=booking):
        change_service_state(asset_id=second.pk, event="start_maintenance", actor=STAFF, reason="brakes")
    assert everything() == before
    promised = bookings_promised(second.pk)
    assert [str(one.pk) for one in promised] == [booking]
    withdraw(
        asset_id=second.pk,
        event="start_maintenance",
        cancelling=[one.pk for one in promised],
        actor=STAFF,
        reason="brakes",
    )
    assert Booking.objects.get().state == "CANCELLED"
    assert OutboxMessage.objects.get().subject == "CANCEL"


def test_states_follow_reservations_when_their_time_comes(mp, asset):
    confirmed(mp, asset, **between(1, 2))
    assert follow_reservations() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert follow_reservations() == 1
        asset.refresh_from_db()
        assert asset.state == "RESERVED"
        Reservation.objects.update(released_at=timezone.now())
        assert follow_reservations() == 1
        assert follow_reservations() == 0
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"


def test_a_postponed_leg_frees_its_asset_until_then(mp, asset):
    leg = confirmed(mp, asset)
    event(mp, leg, "TIME_POSTPONE", time=at(timezone.now() + timedelta(hours=1)))
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"


def test_an_offer_of_an_asset_that_has_moved_is_not_booked(mp, stranger, asset):
    offered = offer(mp, asset)
    leg = confirmed(stranger, asset)
    event(stranger, leg, "SET_IN_USE")
    event(
        stranger,
        leg,
        "FINISH",
        asset={"overriddenProperties": {"location": {"coordinates": {"lat": 52.1, "lng": 5.1}}}},
    )
    before = everything()
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_an_asset_out_of_reach_is_not_assigned(mp, asset):
    leg = confirmed(mp, asset)
    far = factories.AssetFactory(asset_type=asset.asset_type, latitude=52.2)
    before = everything()
    answer = event(mp, leg, "ASSIGN_ASSET", asset={"id": far.public_id})
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert everything() == before
