"""The journeys, by name: whole processes of MPs of each kind, each with the demo MP that runs it.

Source: seeds micromobility-operator and booking-states.
"""

import time
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.backoffice.journeys.stretches import (
    EVIDENCE,
    bill,
    book,
    commit,
    find_asset,
    find_stations,
    give_back,
    look_around,
    opened_by,
    place_of,
    plan,
    prepare,
    ride,
)
from apps.backoffice.journeys.walk import Step, Walk

SECONDS_BETWEEN_LOOKS = 0.5
CUSTOMER = {"id": "traveller-17", "firstName": "Jo", "lastName": "Doe", "email": "jo@mp.example"}
UTRECHT = {"coordinates": {"lat": 52.0905, "lng": 5.1180}}
# Cars in the demo operator's car park.
PLATES = [f"DEMO-{number:02}" for number in range(1, 41)]
PLATES_AT_ONCE = 5
# What a phone sees around it: codes of the demo operator's assets, and one that is somebody else's.
SCANNED = ["https://elsewhere.example/qr/1", *(f"https://rides.example/qr/CB-{number:04}" for number in range(1, 21))]


Identifiers = Set[str]
# Bookings that do not go from PENDING to CONFIRMED by the MP's COMMIT alone.
OTHERWISE_BOOKED = {"POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE", "ONE_STOP", "PICK_UP_THE_BILL", "AUTO_COMMIT"}


@dataclass(frozen=True)
class Scenario:
    """A journey: what it shows, which demo MP it is played by, its steps, and which process identifiers it fits."""

    name: str
    shows: str
    maas_id: str
    steps: Callable[[Walk], Iterator[Step]]
    fits: Callable[[Identifiers], bool]


def map_centric(walk: Walk) -> Iterator[Step]:
    """An asset on the map is tapped, booked, opened, paused once and given back."""
    yield from look_around(walk)
    asset_id, place = yield from find_asset(walk)
    wish = {"from": place, "nrOfTravelers": 1, "useAssets": [asset_id]}
    (offer, *_) = yield from plan(walk, wish)
    yield from book(walk, offer["id"])
    (leg,) = yield from commit(walk, offer["id"])
    yield from prepare(walk, leg["id"])
    yield from ride(walk, leg["id"])
    yield from give_back(walk, leg, place)
    yield bill(walk, offer["id"])


def asset_now(walk: Walk) -> Iterator[Step]:
    """Any asset near here, at once."""
    yield from look_around(walk)
    wish = {"from": UTRECHT, "radius": 1500, "departureTime": _in(minutes=0), "nrOfTravelers": 1}
    (offer, *_) = yield from plan(walk, wish)
    walk.expect("asset" not in offer["legs"][0], "an offer names a single asset to an MP that lists none")
    booking = yield from book(walk, offer["id"])
    walk.expect("asset" in walk.legs(booking)[0], "the booking does not tell which asset it is")
    (leg,) = yield from commit(walk, offer["id"])
    yield from prepare(walk, leg["id"])
    yield from ride(walk, leg["id"])
    yield from give_back(walk, leg, place_of(leg))
    yield bill(walk, offer["id"])


def in_front(walk: Walk) -> Iterator[Step]:
    """The codes that a phone sees are sent; those that are known are offered."""
    yield from look_around(walk)
    offers = yield from plan(walk, {"from": UTRECHT, "nrOfTravelers": 1, "useAssets": SCANNED})
    offer = offers[0]
    walk.expect("asset" in offer["legs"][0], "the offer does not tell which of the scanned assets it is")
    yield from book(walk, offer["id"])
    (leg,) = yield from commit(walk, offer["id"])
    yield from prepare(walk, leg["id"])
    yield from ride(walk, leg["id"])
    yield from give_back(walk, leg, place_of(leg))
    yield bill(walk, offer["id"])


def up_front(walk: Walk) -> Iterator[Step]:
    """A place of a type at a station for later; at the station the traveller takes one of those there."""
    yield from look_around(walk)
    stations = yield from find_stations(walk)
    offers: list[dict[str, Any]] = []
    for station in stations:
        if station.get("assetsAvailable", 0) > 1:
            wish = {"from": {"stationId": station["stationId"]}, "departureTime": _in(minutes=5)}
            offers = yield from plan(walk, {**wish, "arrivalTime": _in(minutes=95), "to": UTRECHT})
            break
    walk.expect(bool(offers), "no station has assets")
    offer = offers[0]
    walk.expect("asset" not in offer["legs"][0], "an up-front offer names an asset")
    yield from book(walk, offer["id"], customer=CUSTOMER)
    _, step = walk.operation(offer["id"], "EXTEND_EXPIRY_TIME", "PENDING", extendReason="PAYMENT_PENDING")
    yield step
    (leg,) = yield from commit(walk, offer["id"])
    _, answer = walk.event(leg["id"], "PREPARE", "PREPARING")
    yield walk.done(answer, "PREPARING, with no asset yet")
    answer = walk.get("assets to take", f"/legs/{leg['id']}/available-assets")
    assets = [walk.object(asset, "id") for asset in walk.items(answer)]
    walk.expect(bool(assets), "there is no asset to choose")
    yield walk.done(answer, f"{len(assets)} to choose from; taking {assets[0]['id']}")
    leg, answer = walk.event(leg["id"], "ASSIGN_ASSET", "PREPARING", asset={"id": assets[0]["id"]})
    yield walk.done(answer, f"{leg.get('asset', {}).get('id')} is ours, {opened_by(walk, leg)}")
    yield from ride(walk, leg["id"])
    there = {**place_of(leg), "stationId": leg["from"]["stationId"]}
    yield from give_back(walk, leg, there, url=EVIDENCE)
    yield bill(walk, offer["id"])


def one_stop(walk: Walk) -> Iterator[Step]:
    """An id from a feed is booked and confirmed in one call."""
    yield from look_around(walk)
    asset_id, place = yield from find_asset(walk)
    wish = {"from": place, "useAssets": [asset_id], "extraInfo": None, "customer": {"id": CUSTOMER["id"]}}
    answer = walk.post("one-stop", "/bookings/one-stop", wish, status=201)
    booking = walk.booking(answer, "CONFIRMED")
    (leg,) = walk.legs(booking)
    yield walk.done(answer, f"CONFIRMED, booking {booking['id']}")
    answer = walk.post("nothing left", "/bookings/one-stop", wish, status=406)
    yield walk.done(answer, "the same asset again leads to no offer")
    yield from prepare(walk, leg["id"])
    yield from ride(walk, leg["id"])
    yield from give_back(walk, leg, place)
    yield bill(walk, booking["id"])


def postponed_commit(walk: Walk) -> Iterator[Step]:
    """The operator's staff commit or deny; who gets no answer in time changes their mind."""
    yield from look_around(walk)
    wish = {"from": UTRECHT, "radius": 1500, "departureTime": _in(minutes=30), "nrOfTravelers": 1}
    (offer, *_) = yield from plan(walk, wish)
    yield from book(walk, offer["id"], state="CONDITIONAL_CONFIRMED")
    walk.waiting("a member of staff to commit or deny", offer["id"])
    answer = walk.get("answered?", f"/bookings/{offer['id']}")
    deadline = time.monotonic() + walk.patience
    while (state := walk.object(answer.body, "state")["state"]) == "CONDITIONAL_CONFIRMED":
        if time.monotonic() > deadline:
            yield walk.done(answer, "nobody has answered yet")
            _, step = walk.operation(offer["id"], "CANCEL", "CANCELLED")
            yield step
            return
        time.sleep(SECONDS_BETWEEN_LOOKS)
        answer = walk.get("answered?", f"/bookings/{offer['id']}")
    walk.expect(state in {"CONFIRMED", "REJECTED"}, f"the booking is {state}")
    yield walk.done(answer, state)
    if state == "CONFIRMED":
        _, step = walk.operation(offer["id"], "CANCEL", "CANCELLED")
        yield step


def atomic(walk: Walk) -> Iterator[Step]:
    """Booking, commit and start in one call: the asset is in use as soon as it is booked."""
    yield from look_around(walk)
    offers = yield from plan(walk, {"from": UTRECHT, "nrOfTravelers": 1, "useAssets": SCANNED})
    booking = yield from book(walk, offers[0]["id"], state="STARTED")
    (leg,) = walk.legs(booking)
    walk.expect(leg.get("state") == "IN_USE", f"the leg is {leg.get('state')}, not IN_USE")
    yield from give_back(walk, leg, place_of(leg))
    yield bill(walk, booking["id"])


def change_of_mind(walk: Walk) -> Iterator[Step]:
    """A booking that is held is released, one that is confirmed is cancelled; both can then be had again."""
    yield from look_around(walk)
    asset_id, place = yield from find_asset(walk)
    wish = {"from": place, "useAssets": [asset_id]}
    (offer, *_) = yield from plan(walk, wish)
    yield from book(walk, offer["id"])
    _, step = walk.operation(offer["id"], "CANCEL", "RELEASED")
    yield step
    (offer, *_) = yield from plan(walk, wish)
    yield from book(walk, offer["id"])
    yield from commit(walk, offer["id"])
    _, step = walk.operation(offer["id"], "CANCEL", "CANCELLED")
    yield step
    answer = walk.post("too late", f"/bookings/{offer['id']}/events", {"operation": "COMMIT"}, status=403)
    yield walk.done(answer, "a cancelled booking takes no COMMIT")


def group(walk: Walk) -> Iterator[Step]:
    """Two travel together: one booking with an asset for each, and each ride ends for itself."""
    yield from look_around(walk)
    party = [{"referenceNumber": "1"}, {"referenceNumber": "2"}]
    offers = yield from plan(walk, {"from": UTRECHT, "radius": 1500, "nrOfTravelers": 2, "travelers": party})
    together = [offer for offer in offers if len(offer["legs"]) == 2]
    walk.expect(bool(together), "no offer of two assets")
    booking_id = together[0]["id"]
    yield from book(walk, booking_id)
    legs = yield from commit(walk, booking_id, legs=2)
    for leg in legs:
        yield from prepare(walk, leg["id"])
        yield from ride(walk, leg["id"])
    for leg in legs:
        yield from give_back(walk, leg, place_of(leg))
    yield bill(walk, booking_id, legs=2)


def pick_up_the_bill(walk: Walk) -> Iterator[Step]:
    """A car is parked; its licence plate is booked, and the booking is its bill."""
    yield from look_around(walk)
    wish: dict[str, Any] = {}
    for first in range(0, len(PLATES), PLATES_AT_ONCE):
        wish = {"from": UTRECHT, "useAssets": PLATES[first : first + PLATES_AT_ONCE]}
        answer = walk.post("plates", "/planning/inquiries", wish, status=201)
        parked = walk.object(answer.body, "options")["options"]
        yield walk.done(answer, f"{len(parked)} of {PLATES_AT_ONCE} cars are parked")
        if parked:
            break
    (offer, *_) = yield from plan(walk, wish)
    card = {"type": "CREDIT", "cardNumber": "4111 1111 1111 1111", "validUntil": "2030-12-31"}
    answer = walk.post(
        "booking", "/bookings", {"id": offer["id"], "customer": {**CUSTOMER, "cards": [card]}}, status=201
    )
    walk.booking(answer, "FINISHED", offer["id"])
    yield walk.done(answer, "FINISHED at once")
    yield bill(walk, offer["id"])


def _in(*, minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def _is_committed(identifiers: Identifiers) -> bool:
    return not identifiers & OTHERWISE_BOOKED


def _is_on_the_map(identifiers: Identifiers) -> bool:
    return _is_committed(identifiers) and {"ASSET_BASED", "EXACT_ID"} <= identifiers


def _is_near(identifiers: Identifiers) -> bool:
    return _is_committed(identifiers) and not identifiers & {"ASSET_BASED", "SPECIFIC_LOCATION_BASED"}


def _is_scanned(identifiers: Identifiers) -> bool:
    return _is_committed(identifiers) and "QR_SCAN" in identifiers


def _is_up_front(identifiers: Identifiers) -> bool:
    needed = {"SPECIFIC_LOCATION_BASED", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME"}
    return _is_committed(identifiers) and needed <= identifiers


def _is_one_stop(identifiers: Identifiers) -> bool:
    return {"ONE_STOP", "EXACT_ID"} <= identifiers


def _is_postponed(identifiers: Identifiers) -> bool:
    return "POSTPONED_COMMIT" in identifiers


def _is_atomic(identifiers: Identifiers) -> bool:
    return {"ATOMIC_BOOKING_SET_IN_USE", "QR_SCAN"} <= identifiers


def _is_a_bill(identifiers: Identifiers) -> bool:
    return "PICK_UP_THE_BILL" in identifiers


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("map-centric", "an asset tapped on the map", "demo-mp-a", map_centric, _is_on_the_map),
        Scenario("asset-now", "any asset near here", "demo-mp-e", asset_now, _is_near),
        Scenario("in-front", "a code scanned on the asset", "demo-mp-f", in_front, _is_scanned),
        Scenario("up-front", "a place at a station, for later", "demo-mp-c", up_front, _is_up_front),
        Scenario("one-stop", "an id from a feed, in one call", "demo-mp-g", one_stop, _is_one_stop),
        Scenario("postponed-commit", "a booking that staff confirm", "demo-mp-d", postponed_commit, _is_postponed),
        Scenario("atomic", "booked and in use in one call", "demo-mp-h", atomic, _is_atomic),
        Scenario("pick-up-the-bill", "the bill of a parked car", "demo-mp-i", pick_up_the_bill, _is_a_bill),
        Scenario("group", "two travellers, one booking", "demo-mp-e", group, _is_near),
        Scenario("change-of-mind", "released, and cancelled", "demo-mp-b", change_of_mind, _is_on_the_map),
    )
}
