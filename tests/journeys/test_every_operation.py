"""Every operation of the official document that a TO serves: a call that succeeds and one that is refused.

Both answers are checked against the document by the client, and so is the request that succeeds. The table has to hold
exactly what the document tags with TO, what `/operator/meta` announces, and what our own document describes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator

from apps.assets.models import AncillaryStock
from apps.processes.endpoints import ENDPOINTS
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, confirmed, everything, leg_that_is, now, offer, pending
from tests.tomp_client import Answer, TompClient, checker

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "spec" / "tomp-api-1.6.1.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
UNKNOWN = "5f0c3b62-3f22-4a6f-bd4b-0f1d4d3b9a10"
# Served, although the document gives them to nobody (customers), or to the MP alone (its text says "or vice versa").
WITHOUT_THE_TAG = {
    "POST /payment/{id}/claim-extra-costs",
    "POST /customers",
    "PATCH /customers/{id}",
    "GET /customers/{id}",
    "DELETE /customers/{id}",
}


@dataclass(frozen=True)
class Scene:
    """An MP that may do everything, with bikes at a station where a helmet is to be had."""

    mp: TompClient
    station: Any

    def bike(self) -> Any:
        """One more bike at the station."""
        return factories.AssetFactory(station=self.station)

    def place(self) -> str:
        """A confirmed booking of a place at the station; the traveller chooses the bike."""
        kind = self.bike().asset_type
        window = {"departureTime": at(factories.soon(5)), "arrivalTime": at(factories.soon(65))}
        asked = {"from": {"stationId": self.station.station_id}, "to": {"stationId": self.station.station_id}}
        options = self.mp.post("/planning/offers", {**asked, **window}).body["options"]
        booking: str = next(one["id"] for one in options if one["mainAssetType"]["id"] == kind.type_id)
        self.mp.post("/bookings", {"id": booking})
        assert self.mp.post(f"/bookings/{booking}/events", {"operation": "COMMIT"}).status == 200
        return booking

    def subscribed(self) -> str:
        """A booking that the MP has subscribed to."""
        booking = confirmed(self.mp, self.bike())
        assert self.mp.post(f"/bookings/{booking}/subscription", {}).status < 300
        return booking

    def with_helmet(self) -> str:
        """A leg with a helmet."""
        leg = confirmed(self.mp, self.bike())
        assert self.mp.post(f"/legs/{leg}/ancillaries/HV/01").status == 200
        return leg

    def in_need(self) -> str:
        """The reference of a support request."""
        asked = self.mp.post("/support/", {"id": confirmed(self.mp, self.bike()), **HELP})
        assert asked.status == 200, asked
        return str(asked.body["id"])

    def customer(self) -> str:
        """The id of an account."""
        return str(self.mp.post("/customers", ANN).body["id"])


HELP = {"supportType": "BROKEN_DOWN", "time": "2026-11-20T08:00:00Z", "priority": "ERROR_CAN_CONTINUE"}
ANN = {"id": "c-1", "firstName": "Ann", "email": "ann@example.org"}
CREDIT = {"category": "CREDIT", "amount": -0.5, "description": "The lamp did not work."}
# The path of a request and its body; what is asked for may have to be made first.
Request = tuple[str, Any]
Ask = Callable[[Scene], Request]


def at_path(path: str, body: Any = None) -> Ask:
    """A request that needs nothing to exist."""
    return lambda scene: (path, body)


def plan(path: str) -> tuple[Ask, Ask]:
    """A travel plan, and one from nowhere."""
    return (lambda scene: (path, {"from": HERE, "useAssets": [scene.bike().public_id]})), at_path(
        path, {"useAssets": []}
    )


# The call that succeeds, and the one that is refused.
OPERATIONS: dict[str, tuple[Ask, Ask]] = {
    "POST /plannings": plan("/plannings"),
    "POST /planning/inquiries": plan("/planning/inquiries"),
    "POST /planning/offers": plan("/planning/offers"),
    "POST /bookings": (
        lambda scene: ("/bookings", {"id": offer(scene.mp, scene.bike())}),
        at_path("/bookings", {"id": UNKNOWN}),
    ),
    "GET /bookings": (at_path("/bookings?state=PENDING"), at_path("/bookings?state=SUNG")),
    "POST /bookings/one-stop": plan("/bookings/one-stop"),
    "POST /bookings/{id}/events": (
        lambda scene: (f"/bookings/{pending(scene.mp, scene.bike())}/events", {"operation": "COMMIT"}),
        lambda scene: (f"/bookings/{pending(scene.mp, scene.bike())}/events", {"operation": "DENY"}),
    ),
    "GET /bookings/{id}": (
        lambda scene: (f"/bookings/{pending(scene.mp, scene.bike())}", None),
        at_path(f"/bookings/{UNKNOWN}"),
    ),
    "PUT /bookings/{id}": (
        lambda scene: (f"/bookings/{pending(scene.mp, scene.bike())}", {"customer": {"id": "c-2"}}),
        lambda scene: (f"/bookings/{leg_that_is(scene.mp, scene.bike(), 'FINISHED')}", {"customer": {"id": "c-2"}}),
    ),
    "POST /bookings/{id}/subscription": (
        lambda scene: (f"/bookings/{confirmed(scene.mp, scene.bike())}/subscription", {}),
        at_path(f"/bookings/{UNKNOWN}/subscription", {}),
    ),
    "DELETE /bookings/{id}/subscription": (
        lambda scene: (f"/bookings/{scene.subscribed()}/subscription", None),
        at_path(f"/bookings/{UNKNOWN}/subscription"),
    ),
    "GET /bookings/{id}/notifications": (
        lambda scene: (f"/bookings/{confirmed(scene.mp, scene.bike())}/notifications", None),
        at_path(f"/bookings/{UNKNOWN}/notifications"),
    ),
    "POST /bookings/{id}/notifications": (
        lambda scene: (f"/bookings/{confirmed(scene.mp, scene.bike())}/notifications", {"type": "OTHER"}),
        lambda scene: (f"/bookings/{confirmed(scene.mp, scene.bike())}/notifications", {"type": "ETA"}),
    ),
    "GET /legs/{id}/available-assets": (
        lambda scene: (f"/legs/{scene.place()}/available-assets", None),
        lambda scene: (f"/legs/{confirmed(scene.mp, scene.bike())}/available-assets", None),
    ),
    "GET /legs/{id}": (
        lambda scene: (f"/legs/{leg_that_is(scene.mp, scene.bike(), 'IN_USE')}", None),
        at_path(f"/legs/{UNKNOWN}"),
    ),
    "POST /legs/{id}/ancillaries/{category}/{number}": (
        lambda scene: (f"/legs/{confirmed(scene.mp, scene.bike())}/ancillaries/HV/01", None),
        lambda scene: (f"/legs/{confirmed(scene.mp, scene.bike())}/ancillaries/HV/99", None),
    ),
    "DELETE /legs/{id}/ancillaries/{category}/{number}": (
        lambda scene: (f"/legs/{scene.with_helmet()}/ancillaries/HV/01", None),
        at_path(f"/legs/{UNKNOWN}/ancillaries/HV/01"),
    ),
    "POST /legs/{id}/events": (
        lambda scene: (f"/legs/{confirmed(scene.mp, scene.bike())}/events", {"event": "SET_IN_USE", "time": now()}),
        lambda scene: (f"/legs/{confirmed(scene.mp, scene.bike())}/events", {"event": "PAUSE", "time": now()}),
    ),
    "GET /legs/{id}/progress": (
        lambda scene: (f"/legs/{leg_that_is(scene.mp, scene.bike(), 'IN_USE')}/progress", None),
        at_path(f"/legs/{UNKNOWN}/progress"),
    ),
    "GET /operator/ping": (at_path("/operator/ping"), at_path("/operator/ping?%00=%00")),
    "GET /operator/meta": (at_path("/operator/meta"), at_path("/operator/meta?%00=%00")),
    "GET /operator/stations": (at_path("/operator/stations"), at_path("/operator/stations?limit=1001")),
    "GET /operator/available-assets": (
        at_path("/operator/available-assets"),
        at_path("/operator/available-assets?boundingbox=here"),
    ),
    "GET /operator/alerts": (at_path("/operator/alerts"), at_path("/operator/alerts?offset=-1")),
    "GET /operator/operating-calendar": (
        at_path("/operator/operating-calendar"),
        at_path("/operator/operating-calendar?stationId=%00"),
    ),
    "GET /operator/operating-hours": (
        at_path("/operator/operating-hours"),
        at_path("/operator/operating-hours?stationId=%00"),
    ),
    "GET /operator/information": (at_path("/operator/information"), at_path("/operator/information?%00=%00")),
    "GET /operator/pricing-plans": (at_path("/operator/pricing-plans"), at_path("/operator/pricing-plans?limit=1001")),
    "GET /operator/regions": (at_path("/operator/regions"), at_path("/operator/regions?offset=first")),
    "GET /payment/journal-entry": (at_path("/payment/journal-entry"), at_path("/payment/journal-entry?state=PAID")),
    "POST /payment/{id}/claim-extra-costs": (
        lambda scene: (f"/payment/{leg_that_is(scene.mp, scene.bike(), 'FINISHED')}/claim-extra-costs", CREDIT),
        at_path(f"/payment/{UNKNOWN}/claim-extra-costs", CREDIT),
    ),
    "POST /support/": (
        lambda scene: ("/support/", {"id": confirmed(scene.mp, scene.bike()), **HELP}),
        at_path("/support/", {"id": UNKNOWN, **HELP}),
    ),
    "GET /support/{id}/status": (
        lambda scene: (f"/support/{scene.in_need()}/status", None),
        at_path(f"/support/{UNKNOWN}/status"),
    ),
    "POST /customers": (at_path("/customers", ANN), at_path("/customers", {"email": 7})),
    "PATCH /customers/{id}": (
        lambda scene: (f"/customers/{scene.customer()}", {"firstName": "Anna"}),
        at_path(f"/customers/{UNKNOWN}", {"firstName": "Anna"}),
    ),
    "GET /customers/{id}": (
        lambda scene: (f"/customers/{scene.customer()}", None),
        at_path(f"/customers/{UNKNOWN}"),
    ),
    "DELETE /customers/{id}": (
        lambda scene: (f"/customers/{scene.customer()}", None),
        at_path(f"/customers/{UNKNOWN}"),
    ),
}


@pytest.fixture
def scene(operator: Any) -> Scene:
    factories.RegionFactory()
    factories.AlertFactory()
    station = factories.StationFactory(station_id="square", latitude=52.0907, longitude=5.1214)
    AncillaryStock.objects.create(ancillary=factories.AncillaryFactory(), count=5, station=station)
    mp = client(planning=["ASSET_BASED", "EXACT_ID", "PLANNING_BASED"], booking=["ONE_STOP"])
    return Scene(mp, station)


def call(scene: Scene, operation: str, request: Request) -> Answer:
    method = operation.split(" ")[0]
    path, body = request
    content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    return scene.mp.call(method, path, body, content_type=content_type)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_is_served(scene: Scene, operation: str) -> None:
    method, template = operation.split(" ")
    request = OPERATIONS[operation][0](scene)
    answer = call(scene, operation, request)
    assert answer.status < 300, answer
    official = checker()
    if official is not None:
        assert not official.check_request(method, template, request[1], headers=scene.mp.headers)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_is_refused_with_an_error_and_nothing_happens(scene: Scene, operation: str) -> None:
    request = OPERATIONS[operation][1](scene)
    before = everything()
    answer = call(scene, operation, request)
    assert 400 <= answer.status < 500, answer
    errors = answer.body.get("errors", [answer.body])
    assert all(isinstance(error["errorcode"], int) for error in errors)
    assert everything() == before


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the official document is not beside the project")
def test_the_table_holds_every_operation_that_the_document_gives_a_to() -> None:
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    given = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in METHODS
        if "TO" in operations.get(method, {}).get("tags", [])
    }
    assert set(OPERATIONS) - WITHOUT_THE_TAG == given


def test_the_table_holds_every_operation_that_is_announced() -> None:
    assert set(OPERATIONS) == {f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS if endpoint.served}


def test_the_table_holds_every_operation_of_our_own_document() -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    described = {
        f"{method.upper()} {path}" for path, operations in paths.items() for method in METHODS if method in operations
    }
    assert {operation.rstrip("/") for operation in OPERATIONS} == described
