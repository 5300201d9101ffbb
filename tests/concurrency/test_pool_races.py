"""Places in pools, two at once. The guard is the pool's lock; with it off the race is real."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from apps.assets.models import Reservation
from apps.assets.pools import lock_pool
from apps.assets.reservations import hold_place
from apps.bookings.models import Booking
from apps.legs.automatic import assign_due
from apps.legs.models import Leg
from apps.tomp.errors import AssetTaken
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import HERE, at, event, operate

pytestmark = pytest.mark.django_db(transaction=True)

BIKES, CLIENTS = 3, 12


@pytest.fixture
def station(operator: Any) -> Any:
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    kind = factories.AssetTypeFactory()
    for _ in range(BIKES):
        factories.AssetFactory(asset_type=kind, station=station)
    return station


def plan() -> dict[str, Any]:
    start = timezone.now() + timedelta(hours=5)
    window = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1)), "to": HERE}
    return {"from": {"stationId": "S1"}, **window}


def test_no_more_clients_get_a_place_than_assets_stand_there(station: Any) -> None:
    mps = [client(planning=["PLANNING_BASED"]) for _ in range(CLIENTS)]
    offers = [mp.post("/planning/offers", plan()).body["options"][0]["id"] for mp in mps]
    answers = at_once([lambda mp=mp, o=o: mp.post("/bookings", {"id": o}) for mp, o in zip(mps, offers, strict=True)])
    assert sorted(answer.status for answer in answers) == [201] * BIKES + [409] * (CLIENTS - BIKES)
    assert Reservation.objects.filter(released_at=None).count() == BIKES


def hold_one(station: Any, *, locked: bool, seen: threading.Barrier | None = None) -> str:
    """Hold a place, with the pool's lock or without it."""
    try:
        with transaction.atomic():
            if locked:
                lock_pool(station.pk)
            start = timezone.now()
            kind = station.assets.first().asset_type_id
            hold_place(
                asset_type_id=kind,
                station=station,
                start=start,
                end=start + timedelta(hours=1),
                expires_at=start + timedelta(minutes=10),
                now=start,
            )
            if seen is not None:
                seen.wait(timeout=30)
    except AssetTaken:
        return "taken"
    finally:
        connections.close_all()
    return "held"


def test_without_the_pools_lock_more_would_be_promised(station: Any) -> None:
    seen = threading.Barrier(CLIENTS)
    outcomes = at_once([lambda: hold_one(station, locked=False, seen=seen)] * CLIENTS)
    assert outcomes.count("held") == CLIENTS > BIKES


def test_with_it_no_more_are(station: Any) -> None:
    outcomes = at_once([lambda: hold_one(station, locked=True)] * CLIENTS)
    assert outcomes.count("held") == BIKES


def test_a_place_kept_by_commit_at_the_last_moment_is_not_given_away(station: Any) -> None:
    """COMMIT is written but not yet committed when the hold's time passes and someone else asks."""
    station.assets.exclude(pk=station.assets.first().pk).delete()
    keeper = client(planning=["PLANNING_BASED"])
    held = keeper.post("/bookings", {"id": keeper.post("/planning/offers", plan()).body["options"][0]["id"]}).body["id"]
    written, asked = threading.Event(), threading.Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                assert operate(keeper, held, "COMMIT").status == 200
                Booking.objects.filter(pk=held).update(no_show_at=None)
                written.set()
                asked.wait(timeout=2)  # the other one now waits for this row, or has been refused
        finally:
            connections.close_all()

    thread = threading.Thread(target=keep)
    thread.start()
    assert written.wait(timeout=30)
    # what the other one reads, until the COMMIT is committed, is a hold that has run out
    period = Reservation.objects.get(leg=held).period
    answer: list[Any] = []

    def ask() -> None:
        try:
            with transaction.atomic():
                lock_pool(station.pk)
                hold_place(
                    asset_type_id=station.assets.first().asset_type_id,
                    station=station,
                    start=period.lower,
                    end=period.upper,
                    expires_at=timezone.now() + timedelta(minutes=30),
                    now=timezone.now() + timedelta(minutes=20),  # the hold of ten minutes has run out by then
                )
            answer.append("held")
        except AssetTaken:
            answer.append("taken")
        finally:
            asked.set()
            connections.close_all()

    asker = threading.Thread(target=ask)
    asker.start()
    asker.join()
    thread.join()
    assert answer == ["taken"]
    live = Reservation.objects.filter(released_at=None, period__overlap=DateTimeTZRange(period.lower, period.upper))
    assert live.count() == 1


def upfront_leg() -> tuple[Any, str]:
    """An MP whose places are assigned in the last half hour, and the leg of one that is due."""
    mp = client(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"], settings={"assignMinutes": 30})
    soon = timezone.now() + timedelta(minutes=10)
    window = {"departureTime": at(soon), "arrivalTime": at(soon + timedelta(hours=1))}
    offered = mp.post("/planning/offers", {**plan(), **window}).body["options"][0]["id"]
    return mp, mp.post("/bookings", {"id": offered}).body["id"]


def test_two_sweeps_assign_one_asset_and_send_one_message(station: Any) -> None:
    for _ in range(BIKES):
        upfront_leg()
    assert sum(at_once([assign_due] * 4)) == BIKES
    assigned = Leg.objects.values_list("asset", flat=True)
    assert len(set(assigned)) == BIKES
    assert OutboxMessage.objects.filter(body__event="ASSIGN_ASSET").count() == BIKES


def test_without_the_pools_lock_two_sweeps_would_choose_twice(station: Any) -> None:
    """The race is real: both read that the leg has no asset."""
    _, leg = upfront_leg()
    seen = threading.Barrier(2)

    def choose() -> bool:
        lacks_one = Leg.objects.get(pk=leg).asset_id is None
        seen.wait(timeout=30)
        return lacks_one

    assert at_once([choose, choose]) == [True, True]


@pytest.mark.parametrize("name", ["ASSIGN_ASSET", "SET_IN_USE"])
def test_the_clock_does_not_take_away_what_the_mp_chose_meanwhile(station: Any, name: str) -> None:
    for bike in station.assets.all():
        mp, leg = upfront_leg()
        fields = {"asset": {"id": bike.public_id}} if name == "ASSIGN_ASSET" else {}
        assigned, answer = at_once([assign_due, lambda mp=mp, leg=leg, fields=fields: event(mp, leg, name, **fields)])
        assert answer.status in {200, 409}, answer
        told = OutboxMessage.objects.filter(booking_id=leg, body__event="ASSIGN_ASSET")
        assert told.count() == assigned
        row = Leg.objects.get(pk=leg)
        if name == "ASSIGN_ASSET" and answer.status == 200:
            assert row.asset == bike
        if name == "SET_IN_USE" and assigned:
            assert told.get().body["asset"]["id"] == row.asset_public_id
        assert Reservation.objects.filter(released_at=None, asset=row.asset).count() == 1


def test_groups_get_all_their_places_or_none(station: Any) -> None:
    """Three bikes and groups of two: one group rides, and one bike is left for a single rider."""
    mps = [client(planning=["PLANNING_BASED"]) for _ in range(CLIENTS)]
    offers = [mp.post("/planning/offers", {**plan(), "nrOfTravelers": 2}).body["options"][0]["id"] for mp in mps]
    answers = at_once([lambda mp=mp, o=o: mp.post("/bookings", {"id": o}) for mp, o in zip(mps, offers, strict=True)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * (CLIENTS - 1)
    assert Reservation.objects.filter(released_at=None).count() == 2
    assert len(mps[0].post("/planning/offers", plan()).body["options"]) == 1


def test_groups_that_name_the_same_bikes_in_another_order_do_not_lock_each_other_out(station: Any) -> None:
    """Two stations, bikes of both in each offer: locks are taken in one order whatever the offer's."""
    other = factories.StationFactory(latitude=52.0907, longitude=5.1214)
    factories.AssetFactory.create_batch(BIKES, asset_type=station.assets.first().asset_type, station=other)
    bikes = [bike.public_id for bike in [*station.assets.all(), *other.assets.all()]]
    mps = [client() for _ in range(CLIENTS)]
    wishes = [
        {"from": HERE, "useAssets": [bikes[n % 6], bikes[(n + 3) % 6]], "nrOfTravelers": 2} for n in range(CLIENTS)
    ]
    offers = [mp.post("/planning/offers", wish).body["options"][0]["id"] for mp, wish in zip(mps, wishes, strict=True)]
    answers = at_once([lambda mp=mp, o=o: mp.post("/bookings", {"id": o}) for mp, o in zip(mps, offers, strict=True)])
    assert sorted(answer.status for answer in answers) == [201] * BIKES + [409] * (CLIENTS - BIKES)
