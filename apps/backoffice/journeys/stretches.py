"""Stretches that several journeys share: looking around, booking what is offered, riding, the bill.

Each takes the walk, yields its steps and returns what the next stretch needs. Source: seed micromobility-operator.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from apps.backoffice.journeys.walk import Step, Walk
from apps.backoffice.mp_client import Answer

Place = dict[str, Any]
Leg = dict[str, Any]
Option = dict[str, Any]
EVIDENCE = ["https://mp.example/pictures/parked.jpg", "https://mp.example/pictures/helmet.jpg"]


# -- operator information ---------------------------------------------------------------------------


def look_around(walk: Walk) -> Iterator[Step]:
    """Who the operator is, and how it wants this MP to work."""
    answer = walk.get("ping", "/operator/ping")
    yield walk.done(answer, "operator answers")

    answer = walk.get("meta", "/operator/meta")
    implementations = walk.items(answer)
    meta = walk.object(implementations[0] if implementations else None, "version", "baseUrl", "endpoints")
    identifiers = walk.object(meta.get("processIdentifiers"), "planning", "booking")
    names = [name for module in identifiers.values() for name in module]
    yield walk.done(answer, f"{len(meta['endpoints'])} endpoints; {', '.join(names)}")

    answer = walk.get("information", "/operator/information")
    about = walk.object(answer.body, "systemId", "language", "name", "timezone", "typeOfSystem")
    yield walk.done(answer, f"{about['name']}, {about['timezone']}")


def find_stations(walk: Walk) -> Generator[Step, None, list[dict[str, Any]]]:
    """The operating area and the stations in it."""
    region = yield from _find_region(walk)
    answer = walk.get("stations", f"/operator/stations?regionId={quote(region['regionId'])}")
    stations = [walk.object(station, "stationId", "name", "coordinates") for station in walk.items(answer)]
    yield walk.done(answer, f"{len(stations)} stations")
    return stations


def _find_region(walk: Walk) -> Generator[Step, None, dict[str, Any]]:
    answer = walk.get("regions", "/operator/regions")
    regions = [walk.object(region, "regionId", "name") for region in walk.items(answer)]
    operating = [region for region in regions if region.get("type") == "OPERATING"]
    walk.expect(bool(operating), "no region of type OPERATING")
    yield walk.done(answer, ", ".join(f"{region['name']} ({region.get('type')})" for region in regions))
    return operating[0]


def find_asset(walk: Walk) -> Generator[Step, None, tuple[str, Place]]:
    """The map: one asset that can be hired, and where it stands."""
    region = yield from _find_region(walk)
    area = walk.object(region.get("serviceArea"), "coordinates")
    ring = area["coordinates"][0]
    walk.expect(ring[0] == ring[-1], "serviceArea is not closed")
    longitudes, latitudes = [point[0] for point in ring], [point[1] for point in ring]
    corners = ",".join(str(one) for one in (min(latitudes), max(latitudes), min(longitudes), max(longitudes)))
    answer = walk.get("available-assets", f"/operator/available-assets?boundingbox={corners}")
    asset_types = [walk.object(each, "id") for each in walk.items(answer)]
    bookable = [
        asset
        for asset_type in asset_types
        for asset in asset_type.get("assets", [])
        if not asset.get("isDisabled") and not asset.get("isReserved")
    ]
    walk.expect(bool(bookable), "no asset can be booked")
    asset = walk.object(bookable[0], "id", "overriddenProperties")
    location = walk.object(asset["overriddenProperties"].get("location"), "coordinates")
    coordinates = walk.object(location["coordinates"], "lat", "lng")
    kinds = len({asset_type["id"] for asset_type in asset_types})
    yield walk.done(answer, f"{len(bookable)} assets of {kinds} types; taking {asset['id']}")
    return asset["id"], {"coordinates": {"lat": coordinates["lat"], "lng": coordinates["lng"]}}


# -- planning and booking ---------------------------------------------------------------------------


def plan(walk: Walk, wish: dict[str, Any]) -> Generator[Step, None, list[Option]]:
    """Ask what there is, then ask for offers; what is offered can be booked."""
    answer = walk.post("inquiry", "/planning/inquiries", wish, status=201)
    inquiry = walk.object(answer.body, "validUntil", "options")
    walk.expect(len(inquiry["options"]) > 0, "no option for this request")
    yield walk.done(answer, f"{len(inquiry['options'])} option(s), just asking")

    answer = walk.post("offer", "/planning/offers", wish, status=201)
    offers = walk.object(answer.body, "validUntil", "options")
    walk.expect(len(offers["options"]) > 0, "no offer for this request")
    valid_until = walk.moment(offers["validUntil"])
    walk.expect(valid_until > datetime.now(UTC), "the offer is not valid any more")
    found = [walk.object(offer, "id", "legs") for offer in offers["options"]]
    first = found[0]
    fare = walk.object(first.get("pricing") or first["legs"][0].get("pricing"), "estimated", "parts")
    text = f"{len(found)} offer(s), the first {first['id']}, {price(fare)}, until {valid_until:%H:%M:%S} UTC"
    yield walk.done(answer, text)
    return found


def book(walk: Walk, offer_id: str, *, state: str = "PENDING", **fields: Any) -> Generator[Step, None, dict[str, Any]]:
    """Book an offer, and read the booking back. One that waits for an answer says until when."""
    answer = walk.post("booking", "/bookings", {"id": offer_id, **fields}, status=201)
    booking = walk.booking(answer, state, offer_id)
    yield walk.done(answer, _until(walk, answer, state))
    answer = walk.get("booking read", f"/bookings/{offer_id}")
    walk.booking(answer, state, offer_id)
    yield walk.done(answer, state)
    return booking


def _until(walk: Walk, answer: Answer, state: str) -> str:
    if state not in {"PENDING", "CONDITIONAL_CONFIRMED"}:
        return state
    expires = answer.headers.get("expires", "")
    walk.expect(bool(expires), "the header Expires is missing")
    deadline = parsedate_to_datetime(expires)
    walk.expect(deadline > datetime.now(UTC), "the booking has expired already")
    return f"{state}, until {deadline:%H:%M:%S} UTC"


def commit(walk: Walk, booking_id: str, *, legs: int = 1) -> Generator[Step, None, list[Leg]]:
    """COMMIT; the booking's legs can then be ridden."""
    booking, step = walk.operation(booking_id, "COMMIT", "CONFIRMED")
    yield step
    return [walk.object(leg, "id") for leg in walk.legs(booking, legs)]


# -- trip execution ---------------------------------------------------------------------------------


def prepare(walk: Walk, leg_id: str) -> Iterator[Step]:
    """PREPARE, which tells how to open the asset."""
    leg, answer = walk.event(leg_id, "PREPARE", "PREPARING")
    yield walk.done(answer, f"PREPARING, {opened_by(walk, leg)}")


def opened_by(walk: Walk, leg: Leg) -> str:
    """By what the leg's asset is opened, in words."""
    token = walk.object(leg.get("assetAccessData"), "validFrom", "validUntil", "tokenType")
    return f"to be opened by {token['tokenType']}"


def ride(walk: Walk, leg_id: str) -> Iterator[Step]:
    """Set in use, pause once, ride on; and where is it?"""
    for event, state in (("SET_IN_USE", "IN_USE"), ("PAUSE", "PAUSED"), ("SET_IN_USE", "IN_USE")):
        _, answer = walk.event(leg_id, event, state)
        yield walk.done(answer, state)
    answer = walk.get("progress", f"/legs/{leg_id}/progress")
    progress = walk.object(answer.body, "coordinates")
    coordinates = walk.object(progress["coordinates"], "lat", "lng")
    yield walk.done(answer, f"at {coordinates['lat']}, {coordinates['lng']}")


def give_back(walk: Walk, leg: Leg, place: Place, **fields: Any) -> Iterator[Step]:
    """START_FINISHING and FINISH at `place`."""
    leg_id = leg["id"]
    _, answer = walk.event(leg_id, "START_FINISHING", "FINISHING")
    yield walk.done(answer, "FINISHING")
    asset = {"id": leg.get("asset", {}).get("id", ""), "overriddenProperties": {"location": place}}
    _, answer = walk.event(leg_id, "FINISH", "FINISHED", asset=asset, **fields)
    yield walk.done(answer, "FINISHED")


def bill(walk: Walk, booking_id: str, *, legs: int = 1) -> Step:
    """The finished booking, and what it costs."""
    answer = walk.get("booking finished", f"/bookings/{booking_id}")
    booking = walk.booking(answer, "FINISHED", booking_id)
    prices = []
    for leg in walk.legs(booking, legs):
        walk.expect(leg.get("state") == "FINISHED", f"the leg is {leg.get('state')}, not FINISHED")
        fare = walk.object(leg.get("pricing") or booking.get("pricing"), "estimated", "parts")
        walk.expect(fare["estimated"] is False, "the fare of a finished ride is still an estimate")
        prices.append(price(fare))
    return walk.done(answer, f"FINISHED, {' and '.join(prices)}")


def price(fare: dict[str, Any]) -> str:
    """A fare's parts as `1.00 EUR + 0.10 EUR per MINUTE`."""
    texts = []
    for part in fare["parts"]:
        unit = f" per {part['unitType']}" if part.get("type") == "FLEX" and part.get("unitType") else ""
        texts.append(f"{part.get('amount', 0):.2f} {part.get('currencyCode', '')}{unit}")
    return " + ".join(texts)


def place_of(leg: Leg) -> Place:
    """Where the leg begins, by its coordinates."""
    return {"coordinates": leg["from"]["coordinates"]}
