"""PUT /bookings/{id}: what may change, until when, and that the rest stays. Source: `apps.bookings.changes`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.bookings.models import Booking
from apps.customers.models import CustomerAccount
from apps.history.models import Transition
from apps.legs.models import Leg
from tests import factories
from tests.bookings.test_process import requiring
from tests.bookings.test_states import bring_to, log_of
from tests.profiles import client
from tests.rides import HERE, at, confirmed, event, everything, leg_that_is, offer, operate, pending, with_second_leg

pytestmark = pytest.mark.django_db

THERE = {"coordinates": {"lat": 52.0893, "lng": 5.1105}}


UNKNOWN = "5f0c3b62-3f22-4a6f-bd4b-0f1d4d3b9a10"


def put(mp: Any, booking: str, **fields: Any) -> Any:
    return mp.put(f"/bookings/{booking}", fields)


def window(start: float = 2, end: float = 3) -> dict[str, str]:
    """A departure and an arrival, in hours from now."""
    now = timezone.now().replace(microsecond=0)
    return {"departureTime": at(now + timedelta(hours=start)), "arrivalTime": at(now + timedelta(hours=end))}


def hours(value: float) -> str:
    return at(timezone.now().replace(microsecond=0) + timedelta(hours=value))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# --- what may change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", {"id": "c-2", "firstName": "Ada", "birthDate": "1990-01-31"}),
        ("extraInfo", {"ours": {"nested": None}}),
        ("callbackUrl", "http://127.0.0.1:9/tomp"),
        ("to", THERE),
    ],
)
def test_before_the_ride_it_is_changed(mp, asset, state, field, value):
    booking = bring_to(mp, asset, state)
    answer = put(mp, booking, **{field: value})
    assert (answer.status, answer.body["state"]) == (200, state)
    assert answer.body[field] == value
    assert ("Expires" in answer.headers) == (state == "PENDING")
    assert mp.get(f"/bookings/{booking}").body == answer.body
    row = Transition.objects.filter(booking_id=booking).latest("id")
    assert (row.event, row.from_state, row.to_state, row.actor_kind, row.reason) == (
        "CHANGE",
        state,
        state,
        "MP",
        field,
    )


def test_it_can_be_changed_while_it_waits_for_our_answer(operator, asset):
    mp = client(booking=["POSTPONED_COMMIT"])
    booking = mp.post("/bookings", {"id": offer(mp, asset)}).body["id"]
    answer = put(mp, booking, customer={"id": "c-2"})
    assert (answer.status, answer.body["state"]) == (200, "CONDITIONAL_CONFIRMED")
    assert answer.body["customer"] == {"id": "c-2"}


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED"])
def test_the_whole_object_sent_back_is_no_change(mp, asset, state):
    booking = bring_to(mp, asset, state)
    whole = mp.get(f"/bookings/{booking}").body
    before = everything()
    answer = put(mp, booking, **whole)
    assert (answer.status, answer.body) == (200, whole)
    assert put(mp, booking).status == 200
    assert everything() == before


def test_an_mp_that_keeps_times_to_the_second_changes_none(mp, asset):
    booking = confirmed(mp, asset)
    whole = mp.get(f"/bookings/{booking}").body
    whole["departureTime"] = at(moment(whole["departureTime"]).replace(microsecond=0))
    whole["legs"][0]["departureTime"] = whole["departureTime"]
    before = everything()
    assert put(mp, booking, **whole).status == 200
    assert everything() == before


def test_the_whole_object_with_something_changed_in_it(mp, asset):
    booking = confirmed(mp, asset, **window())
    whole = mp.get(f"/bookings/{booking}").body
    later = hours(4)
    whole |= {"arrivalTime": later, "to": THERE, "customer": {"id": "c-9"}, "unknown": {"x": 1}}
    whole["legs"][0] |= {"arrivalTime": later, "to": THERE, "unknown": 1}
    answer = put(mp, booking, **whole)
    assert answer.status == 200
    assert moment(answer.body["arrivalTime"]) == moment(answer.body["legs"][0]["arrivalTime"]) == moment(later)
    assert answer.body["legs"][0]["to"] == THERE
    row = Transition.objects.filter(booking_id=booking).latest("id")
    assert row.reason == "arrivalTime, customer, to"


def test_new_times_move_the_reservation_and_the_estimate(mp, asset):
    booking = confirmed(mp, asset, **window(2, 3))
    before = mp.get(f"/bookings/{booking}").body
    answer = put(mp, booking, **window(5, 7))
    assert answer.status == 200
    leg, row = Leg.objects.get(pk=booking), Booking.objects.get(pk=booking)
    assert (leg.reservation.period.lower, leg.reservation.period.upper) == (leg.departure_time, leg.arrival_time)
    assert (row.departure_time, row.arrival_time) == (leg.departure_time, leg.arrival_time)
    assert leg.departure_time > timezone.now() + timedelta(hours=4)
    assert row.no_show_at == leg.departure_time + timedelta(minutes=15)
    assert "≈ 31.00 EUR" in answer.body["legs"][0]["pricing"]["description"]
    assert "≈ 16.00 EUR" in before["legs"][0]["pricing"]["description"]


def test_a_later_departure_alone_is_waited_for(mp, asset):
    """Whoever comes two hours later by agreement is not cancelled for not having come."""
    booking = confirmed(mp, asset)
    assert put(mp, booking, departureTime=hours(2)).status == 200
    row = Booking.objects.get(pk=booking)
    assert row.no_show_at == row.departure_time + timedelta(minutes=15)
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE", "until then it can be hired"


def test_a_booking_that_waits_keeps_its_hold(mp, asset):
    booking = pending(mp, asset)
    assert put(mp, booking, **window()).status == 200
    leg, row = Leg.objects.get(pk=booking), Booking.objects.get(pk=booking)
    assert leg.reservation.expires_at == row.expires_at
    assert row.no_show_at is None
    assert operate(mp, booking, "COMMIT").body["state"] == "CONFIRMED"
    assert Booking.objects.get(pk=booking).no_show_at == row.departure_time + timedelta(minutes=15)


def test_legs_that_are_ridden_together_move_together(mp, asset):
    booking = confirmed(mp, asset, **window())
    second = with_second_leg(booking, factories.AssetFactory())
    answer = put(mp, booking, **window(4, 5))
    assert answer.status == 200
    first, other = answer.body["legs"]
    assert first["departureTime"] == other["departureTime"] == answer.body["departureTime"]
    second.refresh_from_db()
    assert second.reservation.period.lower == second.departure_time


# --- under way ------------------------------------------------------------------------------------------


def test_under_way_its_end_is_changed(mp, asset):
    booking = confirmed(mp, asset, arrivalTime=hours(1), to=HERE)
    event(mp, booking, "SET_IN_USE")
    later = hours(2)
    answer = put(mp, booking, arrivalTime=later, to=THERE)
    assert (answer.status, answer.body["state"]) == (200, "STARTED")
    assert answer.body["legs"][0]["to"] == THERE
    assert Leg.objects.get(pk=booking).reservation.period.upper == moment(later)


@pytest.mark.parametrize(
    "fields",
    [
        {"customer": {"id": "c-2"}},
        {"extraInfo": {"x": 1}},
        {"callbackUrl": "http://127.0.0.1:9/tomp"},
        {"departureTime": "SOON"},
        {"to": THERE, "customer": {"id": "c-2"}},
    ],
)
def test_under_way_the_rest_stays(mp, asset, fields):
    booking = leg_that_is(mp, asset, "IN_USE")
    before = everything()
    answer = put(mp, booking, **{name: hours(1) if value == "SOON" else value for name, value in fields.items()})
    assert (answer.status, answer.body["errorcode"]) == (403, 3203)
    assert (set(fields) - {"to"}).pop() in answer.body["detail"]
    assert everything() == before


def test_while_it_is_given_back_it_is_too_late_for_another_arrival(mp, asset):
    booking = leg_that_is(mp, asset, "FINISHING")
    before = everything()
    answer = put(mp, booking, arrivalTime=hours(1))
    assert (answer.status, answer.body["errorcode"]) == (403, 3203)
    assert everything() == before


# --- over -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("FINISHED", 403, 3004),
        ("CANCELLED", 403, 3004),
        ("RELEASED", 403, 3004),
        ("EXPIRED", 410, 3202),
    ],
)
@pytest.mark.parametrize("fields", [{}, {"customer": {"id": "c-2"}}, {"state": "CONFIRMED"}])
def test_what_is_over_is_not_changed(mp, asset, state, status, code, fields):
    booking = bring_to(mp, asset, state)
    before = everything()
    answer = put(mp, booking, **fields)
    assert (answer.status, answer.body["errorcode"]) == (status, code)
    assert everything() == before


def test_an_expiry_that_nobody_has_written_down_counts(mp, asset):
    booking = pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        before = everything()
        answer = put(mp, booking, customer={"id": "c-2"})
        assert (answer.status, answer.body["errorcode"]) == (410, 3202)
        assert everything() == before


def test_another_mps_booking_does_not_exist(mp, stranger, asset):
    booking = confirmed(mp, asset)
    before = everything()
    for id_ in (booking, UNKNOWN, "no-uuid"):
        answer = put(stranger, id_, customer={"id": "c-2"})
        assert (answer.status, answer.body["errorcode"]) == (404, 3204)
    assert everything() == before


# --- what cannot change ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED"])
@pytest.mark.parametrize("to", ["PENDING", "CONFIRMED", "STARTED", "FINISHED", "CANCELLED"])
def test_the_state_is_never_changed(mp, asset, state, to):
    booking = bring_to(mp, asset, state)
    before = everything()
    answer = put(mp, booking, state=to)
    assert answer.status == (200 if to == state else 400)
    if to != state:
        assert answer.body["errorcode"] == 3211
        assert "state" in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", UNKNOWN),
        ("from", THERE),
        ("from", {**HERE, "physicalAddress": {"streetAddress": "Street 1", "areaReference": "Town"}}),
        ("mainAssetType.id", "tandem"),
        ("actualDepartureTime", "2026-01-01T10:00:00Z"),
        ("pricing", {"estimated": True, "parts": []}),
        ("legs", []),
        ("legs[0].id", UNKNOWN),
        ("legs[0].state", "FINISHED"),
        ("legs[0].from", THERE),
        ("legs[0].to", THERE),
        ("legs[0].arrivalTime", "2030-01-01T10:00:00Z"),
        ("legs[0].legSequenceNumber", 2),
        ("legs[0].assetType.id", "tandem"),
        ("legs[0].asset.id", "another"),
        ("legs[0].pricing", {"estimated": True, "parts": []}),
        ("legs[0].pricing.parts[0].amount", 0.01),
    ],
)
def test_what_an_mp_cannot_change_has_to_be_as_it_is(mp, asset, path, value):
    booking = confirmed(mp, asset)
    whole = mp.get(f"/bookings/{booking}").body
    target: Any = whole
    *outer, last = path.replace("]", "").replace("[", ".").split(".")
    for name in outer:
        target = target[int(name)] if name.isdigit() else target[name]
    target[last] = value
    before = everything()
    answer = put(mp, booking, **{**whole, "customer": {"id": "c-2"}})
    assert (answer.status, answer.body["errorcode"]) == (400, 3211), answer
    assert path in answer.body["detail"]
    assert everything() == before


def test_what_changes_by_itself_may_be_out_of_date(mp, asset):
    booking = confirmed(mp, asset)
    whole = mp.get(f"/bookings/{booking}").body
    whole["legs"][0]["asset"] |= {"stateOfCharge": 1, "overriddenProperties": {"location": THERE}}
    whole["mainAssetType"]["sharedProperties"] = {"name": "Stadsfiets"}
    before = everything()
    assert put(mp, booking, **whole).status == 200
    assert everything() == before


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"customer": "me"}, 3002, "customer"),
        ({"customer": {"email": "nobody"}}, 3002, "customer.email"),
        ({"extraInfo": "text"}, 3002, "extraInfo"),
        ({"callbackUrl": "ftp://mp.example"}, 3002, "callbackUrl"),
        ({"to": {}}, 3001, "to"),
        ({"to": {"stationId": "nowhere"}}, 3002, "to.stationId"),
        ({"to": {"coordinates": {"lat": 91, "lng": 0}}}, 3002, "to.coordinates.lat"),
        ({"departureTime": "tomorrow"}, 3002, "departureTime"),
        ({"departureTime": "2020-01-01T10:00:00Z"}, 3002, "departureTime"),
        ({"departureTime": "2200-01-01T10:00:00Z"}, 3002, "departureTime"),
        ({"departureTime": "AFTER"}, 3002, "departureTime"),
        ({"arrivalTime": "2020-01-01T10:00:00Z"}, 3002, "arrivalTime"),
        ({"arrivalTime": "BEFORE"}, 3002, "arrivalTime"),
        ({"state": "LOST"}, 3002, "state"),
        ({"legs": "one"}, 3002, "legs"),
        ({"legs": [{"state": 5}]}, 3002, "legs"),
    ],
)
def test_bad_input_changes_nothing(mp, asset, fields, code, named):
    booking = confirmed(mp, asset, **window(2, 3))
    sent = {
        name: hours(4) if value == "AFTER" else hours(1) if value == "BEFORE" else value
        for name, value in fields.items()
    }
    before = everything()
    answer = put(mp, booking, **{"extraInfo": {"new": True}, **sent})
    assert (answer.status, answer.body["errorcode"]) == (400, code), answer
    assert named in answer.body["detail"]
    assert everything() == before


def test_a_callback_address_that_is_not_the_mps_is_refused(mp, asset, settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    booking = confirmed(mp, asset)
    before = everything()
    answer = put(mp, booking, callbackUrl="https://elsewhere.example/tomp")
    assert (answer.status, answer.body["errorcode"]) == (400, 3002)
    assert everything() == before


def test_new_times_that_meet_another_promise_change_nothing(mp, stranger, asset):
    booking = confirmed(mp, asset, **window(2, 3))
    confirmed(stranger, asset, **window(5, 6))
    before = everything()
    for fields in (window(4.5, 5.5), {"arrivalTime": hours(5.5)}):
        answer = put(mp, booking, customer={"id": "c-2"}, **fields)
        assert (answer.status, answer.body["errorcode"]) == (409, 3500)
        assert everything() == before
    assert put(mp, booking, arrivalTime=hours(4.5)).status == 200


def test_a_place_is_moved_only_to_where_one_is_left(operator):
    mp = client(planning=["PLANNING_BASED"])
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    factories.AssetFactory(station=station)

    def book(start: float, end: float) -> str:
        plan = {"from": {"stationId": "S1"}, "to": HERE, **window(start, end)}
        id_ = mp.post("/planning/offers", plan).body["options"][0]["id"]
        mp.post("/bookings", {"id": id_})
        return operate(mp, id_, "COMMIT").body["id"]

    booking = book(5, 6)
    book(8, 9)
    before = everything()
    answer = put(mp, booking, **window(8.5, 9.5))
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before
    assert put(mp, booking, **window(6, 7)).status == 200


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("EMAIL", {"customer": {"id": "c-2"}}),
        ("TO_ADDRESS", {"to": THERE}),
    ],
)
def test_what_the_booking_demanded_must_still_be_there(operator, asset, field, change):
    mp = requiring(field)
    address = {"streetAddress": "Street 2", "areaReference": "Town"}
    complete = {"customer": {"email": "a@example.org"}, "to": {**HERE, "physicalAddress": address}}
    booking = mp.post("/bookings", {"id": offer(mp, asset), **complete}).body["id"]
    before = everything()
    answer = put(mp, booking, **change)
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert everything() == before
    assert put(mp, booking, customer={"email": "b@example.org"}).status == 200


def test_what_an_identifier_demands_must_still_be_there(operator, asset):
    mp = client(tripExecution=["SUPPLIES_CALL_SERVICE"])
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"phones": [{"number": "+31 20 1234"}]}}).body[
        "id"
    ]
    before = everything()
    answer = put(mp, booking, customer={"id": "c-2"})
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert "customer.phones" in answer.body["detail"]
    assert everything() == before


def test_it_can_be_for_another_customer_but_for_no_blocked_one(mp, asset):
    booking = confirmed(mp, asset)
    free, blocked = (mp.post("/customers", {"email": f"{n}@example.org"}).body["id"] for n in range(2))
    CustomerAccount.objects.filter(account_id=blocked).update(state="BLOCKED")
    before = everything()
    answer = put(mp, booking, customer={"id": blocked})
    assert (answer.status, answer.body["errorcode"]) == (400, 3002)
    assert everything() == before
    assert put(mp, booking, customer={"id": free}).status == 200
    assert Booking.objects.get(pk=booking).customer_account.account_id == free
    assert put(mp, booking, customer={"firstName": "Ada"}).status == 200
    assert Booking.objects.get(pk=booking).customer_account.account_id == free


def test_it_changes_no_state_and_tells_nobody(mp, asset):
    booking = confirmed(mp, asset)
    states = [row[1:] for row in log_of(booking)]
    put(mp, booking, customer={"id": "c-2"})
    assert [row[1:] for row in log_of(booking)] == [*states, ("CONFIRMED", "CONFIRMED", "MP")]


def test_what_it_costs(mp, asset):
    booking = confirmed(mp, asset, **window())
    whole = mp.get(f"/bookings/{booking}").body
    with CaptureQueriesContext(connection) as queries:
        assert put(mp, booking, **whole).status == 200
    assert len(queries) <= 9, [query["sql"] for query in queries]
    with CaptureQueriesContext(connection) as queries:
        assert put(mp, booking, customer={"id": "c-2"}, **window(4, 5)).status == 200
    assert len(queries) <= 19, [query["sql"] for query in queries]
