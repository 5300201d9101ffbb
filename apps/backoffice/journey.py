"""The map-centric journey over HTTP, every answer checked. Source: seed micromobility-operator.

An MP shows assets on a map; a traveller taps one, books it, walks there, opens it, pauses once, rides on and
gives it back.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from apps.backoffice.mp_client import Answer, MpClient


class StepFailed(Exception):
    """An answer was not what TOMP says; the text names the step and what is wrong."""


@dataclass(frozen=True)
class Step:
    """A step that went well: its name, the answer, and the answer in words."""

    name: str
    answer: Answer
    summary: str


@dataclass
class Journey:
    """Walks the journey with one client; `steps` yields each step once it has been checked."""

    client: MpClient
    report: Callable[[Answer], None] = field(default=lambda answer: None)
    _step: str = ""

    def steps(self) -> Iterator[Step]:
        """The whole journey. Raises `StepFailed` at the first answer that is wrong."""
        yield from self._look_around()
        box = yield from self._find_area()
        asset_id, place = yield from self._find_asset(box)
        offer_id = yield from self._plan(asset_id, place)
        leg_id = yield from self._book(offer_id)
        yield from self._ride(leg_id, asset_id, place)
        yield self._bill(offer_id)

    # -- operator information -------------------------------------------------------------------

    def _look_around(self) -> Iterator[Step]:
        answer = self._get("ping", "/operator/ping")
        yield self._done(answer, "operator answers")

        answer = self._get("meta", "/operator/meta")
        implementations = self._list(answer)
        meta = self._object(implementations[0] if implementations else None, "version", "baseUrl", "endpoints")
        identifiers = self._object(meta.get("processIdentifiers"), "planning", "booking")
        self._expect("NORMAL" in identifiers["booking"], "booking NORMAL is not among the process identifiers")
        names = [name for module in identifiers.values() for name in module]
        yield self._done(answer, f"{len(meta['endpoints'])} endpoints; {', '.join(names)}")

        answer = self._get("information", "/operator/information")
        about = self._object(answer.body, "systemId", "language", "name", "timezone", "typeOfSystem")
        yield self._done(answer, f"{about['name']}, {about['timezone']}")

    def _find_area(self) -> "Generator[Step, None, tuple[float, float, float, float]]":
        answer = self._get("regions", "/operator/regions")
        regions = [self._object(region, "regionId", "name") for region in self._list(answer)]
        operating = [region for region in regions if region.get("type") == "OPERATING"]
        self._expect(bool(operating), "no region of type OPERATING")
        area = self._object(operating[0].get("serviceArea"), "coordinates")
        ring = area["coordinates"][0]
        self._expect(ring[0] == ring[-1], "serviceArea is not closed")
        longitudes, latitudes = [point[0] for point in ring], [point[1] for point in ring]
        yield self._done(answer, ", ".join(f"{region['name']} ({region.get('type')})" for region in regions))

        answer = self._get("stations", f"/operator/stations?regionId={quote(operating[0]['regionId'])}")
        stations = [self._object(station, "stationId", "name", "coordinates") for station in self._list(answer)]
        yield self._done(answer, f"{len(stations)} stations")
        return min(latitudes), max(latitudes), min(longitudes), max(longitudes)

    def _find_asset(
        self, box: tuple[float, float, float, float]
    ) -> "Generator[Step, None, tuple[str, dict[str, Any]]]":
        corners = ",".join(str(corner) for corner in box)
        answer = self._get("available-assets", f"/operator/available-assets?boundingbox={corners}")
        asset_types = [self._object(each, "id") for each in self._list(answer)]
        bookable = [
            asset
            for asset_type in asset_types
            for asset in asset_type.get("assets", [])
            if not asset.get("isDisabled") and not asset.get("isReserved")
        ]
        self._expect(bool(bookable), "no asset can be booked")
        asset = self._object(bookable[0], "id", "overriddenProperties")
        location = self._object(asset["overriddenProperties"].get("location"), "coordinates")
        coordinates = self._object(location["coordinates"], "lat", "lng")
        kinds = len({asset_type["id"] for asset_type in asset_types})
        yield self._done(answer, f"{len(bookable)} assets of {kinds} types; taking {asset['id']}")
        return asset["id"], {"coordinates": {"lat": coordinates["lat"], "lng": coordinates["lng"]}}

    # -- planning and booking -------------------------------------------------------------------

    def _plan(self, asset_id: str, place: dict[str, Any]) -> "Generator[Step, None, str]":
        wish = {"from": place, "nrOfTravelers": 1, "useAssets": [asset_id]}
        answer = self._post("inquiry", "/planning/inquiries", wish, status=201)
        inquiry = self._object(answer.body, "validUntil", "options")
        self._expect(len(inquiry["options"]) > 0, "no option for the asset on the map")
        yield self._done(answer, f"{len(inquiry['options'])} option(s), just asking")

        answer = self._post("offer", "/planning/offers", wish, status=201)
        offers = self._object(answer.body, "validUntil", "options")
        self._expect(len(offers["options"]) > 0, "no offer for the asset on the map")
        valid_until = self._moment(offers["validUntil"])
        self._expect(valid_until > datetime.now(UTC), "the offer is not valid any more")
        offer = self._object(offers["options"][0], "id")
        fare = self._object(offer.get("pricing") or self._only_leg(offer).get("pricing"), "estimated", "parts")
        yield self._done(answer, f"offer {offer['id']}, {_price(fare)}, until {valid_until:%H:%M:%S} UTC")
        return str(offer["id"])

    def _book(self, offer_id: str) -> "Generator[Step, None, str]":
        answer = self._post("booking", "/bookings", {"id": offer_id}, status=201)
        booking = self._booking(answer, offer_id, "PENDING")
        expires = answer.headers.get("expires", "")
        self._expect(bool(expires), "the header Expires is missing")
        deadline = parsedate_to_datetime(expires)
        self._expect(deadline > datetime.now(UTC), "the booking has expired already")
        yield self._done(answer, f"PENDING, to be committed by {deadline:%H:%M:%S} UTC")

        answer = self._get("booking read", f"/bookings/{offer_id}")
        self._booking(answer, offer_id, "PENDING")
        yield self._done(answer, "PENDING")

        answer = self._post("COMMIT", f"/bookings/{offer_id}/events", {"operation": "COMMIT"})
        booking = self._booking(answer, offer_id, "CONFIRMED")
        yield self._done(answer, "CONFIRMED")
        return str(self._object(self._only_leg(booking), "id")["id"])

    # -- trip execution -------------------------------------------------------------------------

    def _ride(self, leg_id: str, asset_id: str, place: dict[str, Any]) -> Iterator[Step]:
        leg, step = self._event(leg_id, "PREPARE", "PREPARING")
        token = self._object(leg.get("assetAccessData"), "validFrom", "validUntil", "tokenType")
        yield self._done(step, f"PREPARING, to be opened by {token['tokenType']}")
        for event, state in (("SET_IN_USE", "IN_USE"), ("PAUSE", "PAUSED"), ("SET_IN_USE", "IN_USE")):
            _, answer = self._event(leg_id, event, state)
            yield self._done(answer, state)

        answer = self._get("progress", f"/legs/{leg_id}/progress")
        progress = self._object(answer.body, "coordinates")
        coordinates = self._object(progress["coordinates"], "lat", "lng")
        yield self._done(answer, f"at {coordinates['lat']}, {coordinates['lng']}")

        _, answer = self._event(leg_id, "START_FINISHING", "FINISHING")
        yield self._done(answer, "FINISHING")
        asset = {"id": asset_id, "overriddenProperties": {"location": place}}
        _, answer = self._event(leg_id, "FINISH", "FINISHED", asset=asset)
        yield self._done(answer, "FINISHED")

    def _bill(self, booking_id: str) -> Step:
        answer = self._get("booking finished", f"/bookings/{booking_id}")
        booking = self._booking(answer, booking_id, "FINISHED")
        leg = self._only_leg(booking)
        self._expect(leg.get("state") == "FINISHED", f"the leg is {leg.get('state')}, not FINISHED")
        fare = self._object(leg.get("pricing") or booking.get("pricing"), "estimated", "parts")
        self._expect(fare["estimated"] is False, "the fare of a finished ride is still an estimate")
        return self._done(answer, f"FINISHED, {_price(fare)}")

    # -- sending and checking -------------------------------------------------------------------

    def _get(self, name: str, path: str) -> Answer:
        self._step = name
        return self._received(self.client.get(path), 200)

    def _post(self, name: str, path: str, body: dict[str, Any], *, status: int = 200) -> Answer:
        self._step = name
        return self._received(self.client.post(path, body), status)

    def _event(self, leg_id: str, event: str, state: str, **more: Any) -> tuple[dict[str, Any], Answer]:
        """Send a leg event; the leg it answers must be in `state`."""
        now = (datetime.now(UTC) - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
        answer = self._post(event, f"/legs/{leg_id}/events", {"time": now, "event": event, **more})
        leg = self._object(answer.body, "from", "assetType")
        self._expect(leg.get("state") == state, f"the leg is {leg.get('state')}, not {state}")
        return leg, answer

    def _received(self, answer: Answer, status: int) -> Answer:
        self.report(answer)
        if answer.status != status:
            detail = answer.body.get("detail", "") if isinstance(answer.body, dict) else ""
            self._expect(False, f"{answer.method} {answer.path} → {answer.status}, not {status}. {detail}")
        return answer

    def _done(self, answer: Answer, summary: str) -> Step:
        return Step(self._step, answer, summary)

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise StepFailed(f"{self._step}: {otherwise}")

    def _list(self, answer: Answer) -> list[Any]:
        if not isinstance(answer.body, list):
            raise StepFailed(f"{self._step}: the answer is not a list")
        return answer.body

    def _object(self, value: Any, *required: str) -> dict[str, Any]:
        """`value` as an object that has the required fields."""
        if not isinstance(value, dict):
            raise StepFailed(f"{self._step}: an object with {', '.join(required)} is missing")
        for name in required:
            self._expect(value.get(name) is not None, f"the field {name} is missing")
        return value

    def _booking(self, answer: Answer, booking_id: str, state: str) -> dict[str, Any]:
        booking = self._object(answer.body, "id", "state")
        self._expect(booking["id"] == booking_id, f"this is booking {booking['id']}")
        self._expect(booking["state"] == state, f"the booking is {booking['state']}, not {state}")
        return booking

    def _only_leg(self, booking: dict[str, Any]) -> dict[str, Any]:
        legs = booking.get("legs")
        self._expect(isinstance(legs, list) and len(legs) == 1, "the booking has not exactly one leg")
        return self._object(legs[0] if legs else None, "from", "assetType")

    def _moment(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise StepFailed(f"{self._step}: {text} is no RFC 3339 time") from error
        self._expect(moment.tzinfo is not None, f"{text} has no time zone")
        return moment


def _price(fare: dict[str, Any]) -> str:
    """A fare's parts as `1.00 EUR + 0.10 EUR per MINUTE`."""
    texts = []
    for part in fare["parts"]:
        unit = f" per {part['unitType']}" if part.get("type") == "FLEX" and part.get("unitType") else ""
        texts.append(f"{part.get('amount', 0):.2f} {part.get('currencyCode', '')}{unit}")
    return " + ".join(texts)
