"""The invariants hold after whole journeys, and each finds the row that breaks it."""

from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.assets.services import follow_reservations
from apps.bookings import services
from apps.bookings.invariants import breaches
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from tests import factories, profiles
from tests.rides import HERE, STAFF, confirmed, event, leg_that_is, operate, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def found(**arguments: Any) -> list[tuple[str, str]]:
    return [(breach.subject, breach.problem) for breach in breaches(now=timezone.now(), **arguments)]


def change(sql: str, **parameters: Any) -> None:
    """Do what no service does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, parameters)
        assert cursor.rowcount, sql


@pytest.fixture
def pool_client(operator: Any) -> TompClient:
    """An MP that books places; one bike stands at its station."""
    station = factories.StationFactory(station_id="square")
    factories.AssetFactory(station=station, asset_type=factories.AssetTypeFactory(type_id="bike"))
    return profiles.client(planning=["PLANNING_BASED"])


def place(mp: TompClient) -> str:
    """A confirmed booking of a place in an hour, of no asset in particular."""
    plan = {"from": {"stationId": "square"}, "departureTime": factories.soon(60).isoformat()}
    answer = mp.post("/planning/offers", plan)
    booking = mp.post("/bookings", {"id": answer.body["options"][0]["id"]}).body["id"]
    assert operate(mp, booking, "COMMIT").status == 200
    return booking


def test_they_hold_in_every_state_a_leg_passes(mp: TompClient) -> None:
    for state in ("NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING", "FINISHED"):
        leg_that_is(mp, factories.AssetFactory(), state)
        assert found() == []


def test_they_hold_for_each_way_a_booking_ends(mp: TompClient) -> None:
    released, cancelled, by_staff, under_way = (factories.AssetFactory() for _ in range(4))
    operate(mp, pending(mp, released), "CANCEL")
    operate(mp, confirmed(mp, cancelled), "CANCEL")
    services.cancel(booking_id=confirmed(mp, by_staff), actor=STAFF, reason="closed")
    services.cancel(booking_id=leg_that_is(mp, under_way, "IN_USE"), actor=STAFF, reason="broken")
    pending(mp, released)
    confirmed(mp, cancelled)
    assert found() == []
    before = timezone.now()
    with time_machine.travel(factories.soon(120)):
        assert found(followed_at=before) == [], "nobody has swept, and all is as it should be"
        assert found(followed_at=timezone.now()) != [], "but for the states of assets that only the clock changes"
        assert services.expire_due() == services.cancel_no_shows() == 1
        follow_reservations()
        assert found(followed_at=timezone.now()) == []


def test_they_hold_for_a_place_that_is_promised_and_given(pool_client: TompClient) -> None:
    booking = place(pool_client)
    assert found() == []
    with time_machine.travel(factories.soon(61)):
        assert event(pool_client, booking, "SET_IN_USE").status == 200
        assert found() == []


def step(before: str, event: str, after: str) -> str:
    """A step of the booking in the log that nobody took."""
    return (
        "INSERT INTO history_transition (subject_kind, subject_id, booking_id, event, from_state, to_state,"  # noqa: S608
        f" actor_kind, actor_name, reason, at) SELECT 'booking', id::text, id, '{event}', '{before}', '{after}',"
        " 'MP', '', '', now() FROM bookings_booking"
    )


BROKEN_BY = {
    "held for good although the booking waits": (
        "PENDING",
        "UPDATE assets_reservation SET expires_at = NULL",
        "leg {id}: its reservation ends at another time than the booking",
    ),
    "released although the booking stands": (
        "NOT_STARTED",
        "UPDATE assets_reservation SET released_at = now()",
        "leg {id}: its reservation is released",
    ),
    "only a hold although it is agreed": (
        "NOT_STARTED",
        "UPDATE assets_reservation SET expires_at = now() + interval '1 day'",
        "leg {id}: its reservation is only a hold",
    ),
    "of no asset although the leg has one": (
        "NOT_STARTED",
        "UPDATE assets_reservation SET asset_id = NULL",
        "leg {id}: its reservation is of another asset",
    ),
    "still held after the ride": (
        "FINISHED",
        "UPDATE assets_reservation SET released_at = NULL",
        "reservation {reservation}: is not released, but its leg {id} is FINISHED",
    ),
    "a leg left over": (
        "NOT_STARTED",
        "UPDATE bookings_booking SET state = 'CANCELLED'",
        "booking {id}: is CANCELLED and has a leg that is not over",
    ),
    "a booking left over": (
        "NOT_STARTED",
        "UPDATE legs_leg SET state = 'CANCELLED'",
        "booking {id}: is CONFIRMED and has no leg left to ride",
    ),
    "a ride that did not start its booking": (
        "IN_USE",
        "UPDATE bookings_booking SET state = 'CONFIRMED'",
        "booking {id}: is CONFIRMED and has a leg that was set in use",
    ),
    "a bike that is ridden and for hire": (
        "IN_USE",
        "UPDATE assets_asset SET state = 'AVAILABLE'",
        "asset {asset}: is AVAILABLE, but a leg is under way with it",
    ),
    "a bike that nobody rides": (
        "FINISHED",
        "UPDATE assets_asset SET state = 'IN_USE'",
        "asset {asset}: is IN_USE, but no leg is under way with it",
    ),
    "a bike kept from hire for nobody": (
        "FINISHED",
        "UPDATE assets_asset SET state = 'RESERVED'",
        "asset {asset}: is RESERVED, but no reservation binds it",
    ),
    "a step that is missing": (
        "PREPARING",
        step("CONDITIONAL_CONFIRMED", "CANCEL", "CANCELLED"),
        "booking {id}: step {step} begins at CONDITIONAL_CONFIRMED, but it was CONFIRMED",
    ),
    "a state that nobody changed": (
        "NOT_STARTED",
        "UPDATE legs_leg SET state = 'PREPARING'",
        "leg {id}: is PREPARING, but its log ends in NOT_STARTED",
    ),
    "a step that is in no table": (
        "PREPARING",
        step("CONFIRMED", "HOLD", "PENDING"),
        "booking {id}: HOLD led from CONFIRMED to PENDING",
    ),
    "a fare that is missing": (
        "NOT_STARTED",
        "UPDATE legs_leg SET state = 'FINISHED', actual_departure_time = now()",
        "leg {id}: is FINISHED with 0 fares in the journal, which comes to 0",
    ),
    "a fare too many": (
        "FINISHED",
        "INSERT INTO payments_journalentry (provider_id, booking_id, journal_id, sequence, category, state, amount,"
        " amount_ex_vat, currency, vat_rate, vat_country, comment, created_at)"
        " SELECT provider_id, booking_id, journal_id, sequence + 1, category, state, amount, amount_ex_vat, currency,"
        " vat_rate, vat_country, comment, created_at FROM payments_journalentry",
        "leg {id}: is FINISHED with 2 fares in the journal, which comes to 2.0000",
    ),
}


@pytest.mark.parametrize("case", BROKEN_BY)
def test_each_finds_what_breaks_it(mp: TompClient, asset: Any, case: str) -> None:
    state, sql, told = BROKEN_BY[case]
    booking = pending(mp, asset) if state == "PENDING" else leg_that_is(mp, asset, state)
    assert found() == []
    change(sql)
    expected = told.format(
        id=booking,
        asset=asset.pk,
        reservation=number("SELECT reservation_id FROM legs_leg"),
        step=number("SELECT max(id) FROM history_transition"),
    )
    assert expected in [f"{subject}: {problem}" for subject, problem in found()]


def number(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_an_asset_promised_twice_is_found(mp: TompClient, asset: Any) -> None:
    confirmed(mp, asset, arrivalTime=factories.soon(30).isoformat())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assets_reservation DROP CONSTRAINT reservation_asset_never_overlaps")
    change(
        "INSERT INTO assets_reservation (asset_type_id, asset_id, station_id, period)"
        " SELECT asset_type_id, asset_id, station_id, period FROM assets_reservation"
    )
    assert f"asset {asset.pk}" in [subject for subject, problem in found() if problem.endswith("overlap")]


def test_a_pool_that_is_oversold_is_found(pool_client: TompClient) -> None:
    place(pool_client)
    change("UPDATE assets_asset SET state = 'MAINTENANCE'")
    assert "one of 1 places promised at once, for 0 free assets" in [problem for _, problem in found()]


def test_a_reservation_that_is_nobodys_is_found(pool_client: TompClient) -> None:
    place(pool_client)
    change(
        "INSERT INTO assets_reservation (asset_type_id, period) SELECT asset_type_id, period FROM assets_reservation"
    )
    assert "is not released, but belongs to no leg" in [problem for _, problem in found()]


def test_a_message_that_is_owed_is_missed_and_one_that_is_not_is_found(operator: Any) -> None:
    mp = profiles.client(booking=["POSTPONED_COMMIT"], tripExecution=["TO_CONTROLLED"])
    offer = mp.post("/planning/offers", {"from": HERE, "useAssets": [factories.AssetFactory().public_id]})
    booking = mp.post("/bookings", {"id": offer.body["options"][0]["id"]}).body["id"]
    services.commit(booking_id=booking, actor=STAFF)
    assert found() == []
    change("UPDATE webhooks_outboxmessage SET subject = 'DENY'")
    assert sorted(found()) == [
        (f"booking {booking}", f"COMMIT to /bookings/{booking}/events is owed 1 times and there 0"),
        (f"booking {booking}", f"DENY to /bookings/{booking}/events is owed 0 times and there 1"),
    ]


def test_a_no_show_owes_two_messages(mp: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    with time_machine.travel(factories.soon(120)):
        services.cancel_no_shows()
    change("DELETE FROM webhooks_outboxmessage")
    assert sorted(problem for _, problem in found()) == [
        f"CANCEL to /bookings/{booking}/events is owed 1 times and there 0",
        f"USER_NO_SHOW to /bookings/{booking}/notifications is owed 1 times and there 0",
    ]


def test_a_subscription_owes_what_happens_while_it_lasts(mp: TompClient, asset: Any) -> None:
    leg = UUID(confirmed(mp, asset))
    apply_event(leg_id=leg, happening=Happening("PREPARE", timezone.now()), actor=STAFF)
    assert mp.post(f"/bookings/{leg}/subscription").status < 300
    apply_event(leg_id=leg, happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
    assert mp.call("DELETE", f"/bookings/{leg}/subscription").status < 300
    apply_event(leg_id=leg, happening=Happening("FINISH", timezone.now()), actor=STAFF)
    assert found() == []
    change("UPDATE webhooks_outboxmessage SET subject = 'FINISH'")
    assert sorted(problem for _, problem in found()) == [
        f"FINISH to /legs/{leg}/events is owed 0 times and there 1",
        f"SET_IN_USE to /legs/{leg}/events is owed 1 times and there 0",
    ]


def test_no_more_than_asked_for_are_told(mp: TompClient) -> None:
    for _ in range(3):
        confirmed(mp, factories.AssetFactory())
    change("UPDATE assets_reservation SET released_at = now()")
    assert len(found(limit=2)) == 4, "legs that hold nothing, and assets that nothing binds"
