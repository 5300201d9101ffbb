"""Every operation of our own OpenAPI document, under requests made up from it, well and badly.

Whatever comes, the answer is no 5xx, has a status, headers and a body that the document tells of, and breaks nothing.
Most requests name what exists: offers, bookings and legs in every state, assets, places, a customer.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import schemathesis
import time_machine
from django.db import transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.assets.models import AncillaryStock
from apps.bookings.invariants import breaches
from apps.stations.models import Station
from tests import factories, profiles
from tests.rides import WAY, at, confirmed, leg_that_is, offer, operate, pending
from tests.tomp_client import QuickClient

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 10
MANY_EXAMPLES = 30
ROUNDS = 20
schema = SchemaGenerator().get_schema(request=None, public=True)
document = schemathesis.openapi.from_dict(json.loads(OpenApiJsonRenderer().render(schema)))
OPERATIONS = {operation.ok().label: operation.ok() for operation in document.get_all_operations()}


@pytest.fixture(scope="module")
def known(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What exists, for all tests here, which leave it as it is."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield what_exists()
        transaction.set_rollback(True)


def what_exists() -> dict[str, Any]:
    """An MP, and under the names it has in requests what is its, and a booking of another's."""
    factories.OperatorFactory()
    region = factories.RegionFactory()
    station = factories.StationFactory(region=region)
    kind = factories.AssetTypeFactory()
    assets = iter(factories.AssetFactory.create_batch(20, asset_type=kind, station=station))
    helmet = factories.AncillaryFactory()
    AncillaryStock.objects.create(ancillary=helmet, asset_type=kind, count=1)
    process = profiles.document(
        planning=["ASSET_BASED", "EXACT_ID", "PLANNING_BASED"],
        booking=["ONE_STOP", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME"],
    )
    mp = QuickClient(factories.ProviderFactory(document=process))
    stranger = QuickClient(factories.ProviderFactory())
    since = timezone.now() - timedelta(hours=1)
    with time_machine.travel(since):
        expired = pending(mp, next(assets))
    cancelled = confirmed(mp, next(assets))
    operate(mp, cancelled, "CANCEL")
    rides = [leg_that_is(mp, next(assets), state) for state in WAY]
    rides += [place(mp, station), place(mp, station)]
    assert mp.post("/support/", {"id": rides[0], "comment": "Help"}).status == 200
    customer = mp.post("/customers", {"id": "c-1", "email": "ann@example.org"})
    assert customer.status in {200, 201}, customer
    return {
        "mp": mp,
        "since": since,
        "offers": [offer(mp, next(assets))],
        "rides": [*rides, pending(mp, next(assets)), cancelled, expired, pending(stranger, next(assets))],
        "assets": [next(assets).public_id for _ in range(2)],
        "ancillaries": [{"category": helmet.category, "number": helmet.number}],
        "stationId": [station.station_id],
        "regionId": [region.region_id],
        "assetTypeId": [kind.type_id],
        "customers": [customer.body["id"]],
        "helped": [rides[0]],
    }


def place(mp: QuickClient, station: Station) -> str:
    """A confirmed booking of a place, whose leg has no asset yet."""
    plan = {"from": {"stationId": station.station_id}, "departureTime": at(factories.soon(60))}
    booking = mp.post("/planning/offers", plan).body["options"][0]["id"]
    mp.post("/bookings", {"id": booking})
    assert operate(mp, booking, "COMMIT").status == 200
    return str(booking)


def with_what_exists(case: Any, known: dict[str, Any], pick: Callable[[str], Any]) -> None:
    """Let the made-up request name things that exist, wherever it names anything."""
    if "id" in (case.path_parameters or {}):
        kind = {"customers": "customers", "support": "helped"}.get(case.path.split("/")[1], "rides")
        case.path_parameters["id"] = pick(kind)
    if "category" in (case.path_parameters or {}):
        case.path_parameters |= pick("ancillaries")
    if isinstance(case.body, dict):
        case.body = {name: _existing(name, value, pick) for name, value in case.body.items()}
        if case.path == "/bookings":
            case.body["id"] = pick("offers")
        if case.path == "/support":
            case.body["id"] = pick("rides")
        if isinstance(case.body.get("asset"), dict):
            case.body["asset"]["id"] = pick("assets")
    for name in ("stationId", "regionId", "assetTypeId"):
        if isinstance(case.query, dict) and name in case.query:
            case.query[name] = pick(name)


def _existing(name: str, value: Any, pick: Callable[[str], Any]) -> Any:
    if name in {"time", "departureTime"}:
        return at(timezone.now() + timedelta(minutes=5 if name == "departureTime" else 0))
    if name == "useAssets":
        return [pick("assets")]
    if name in {"stationId", "assetTypeId"}:
        return pick(name)
    if isinstance(value, dict):
        return {inner: _existing(inner, one, pick) for inner, one in value.items()}
    return value


def sent(mp: QuickClient, case: Any, *, well: bool) -> Response:
    """What the made-up request is answered, when `mp` sends it with its credentials and, `well`, its own headers."""
    headers = mp.headers if well else {name: mp.headers[name] for name in ("X-API-Key", "maas-id")}
    request = requests.Request(**case.as_transport_kwargs("http://localhost/tomp", headers=headers)).prepare()
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    content_type = request.headers.pop("Content-Type", "") if body else ""
    answer = mp.client.generic(request.method, request.url, body, content_type=content_type, headers=request.headers)
    told = {name: [value] for name, value in answer.items()}
    return Response(answer.status_code, told, answer.content, request, elapsed=0, verify=False)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["well", "badly"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_the_document_tells_of(known: dict[str, Any], label: str, mode: GenerationMode) -> None:
    ask(known, label, mode, examples=EXAMPLES)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["well", "badly"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_so_are_many_more(known: dict[str, Any], label: str, mode: GenerationMode) -> None:
    ask(known, label, mode, examples=MANY_EXAMPLES)


def ask(known: dict[str, Any], label: str, mode: GenerationMode, *, examples: int) -> None:
    """Make up so many requests of the operation, and more of the well made ones until one succeeds."""
    mp: QuickClient = known["mp"]
    statuses = []

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=OPERATIONS[label].as_strategy(generation_mode=mode),
        existing=st.sampled_from([True, True, False]),
        choice=st.randoms(),
    )
    def ask_one(case: Any, existing: bool, choice: Any) -> None:
        if existing:
            with_what_exists(case, known, lambda name: choice.choice(known[name]))
        with transaction.atomic():
            response = sent(mp, case, well=mode is GenerationMode.POSITIVE)
            statuses.append(response.status_code)
            if response.status_code != 405:  # an id with a slash in it is another address
                case.validate_response(response, checks=CHECKS)
            assert case.method == "GET" or breaches(now=timezone.now(), followed_at=known["since"]) == []
            transaction.set_rollback(True)

    for number in range(ROUNDS):
        seed(number)(ask_one)()
        if mode is GenerationMode.NEGATIVE or min(statuses) < 300:
            break  # well made requests are to succeed too; few fit the state of what they name, so more are made up
    assert len(statuses) >= examples / 2
    if mode is GenerationMode.POSITIVE:
        assert min(statuses) < 300, f"{label} never succeeded: {sorted(set(statuses))}"
