"""The access data of several legs in one answer: it costs what that of one leg costs, in statements and in waiting."""

import json
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assets.models import Asset
from apps.assets.tickets import load
from apps.history.models import Transition
from apps.legs.access.ekeys import SIMULATED
from apps.processes.access_formats import ACCESS_FORMATS
from tests import factories
from tests.mp_server import Hang, MpServer, Reply
from tests.profiles import client as mp_with
from tests.rides import HERE, operate
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

WHERE = ["NORMAL", "ACCESS_CODE_IN_COMMIT_EVENT", "ACCESS_CODE_IN_GET_BOOKING"]
AXA = "ACCESS_CODE_AXA_EKEY_OTP"
MADE = {"ekey": {"key": "a", "passkey": "b"}, "lock": {"bdAddress": "AA:BB:CC:00:11:22", "deviceName": "AXA"}}


def bikes(kind: Any, number: int) -> list[Asset]:
    """Bikes at one station, each with something to read on it."""
    station = factories.StationFactory(key_place={"en": "In the shed"}, latitude=52.0907, longitude=5.1214)
    found = factories.AssetFactory.create_batch(number, asset_type=kind, station=station)
    for asset in found:
        factories.AssetIdentifierFactory(asset=asset, kind="NFC", value=f"04:{asset.code}")
        factories.AssetIdentifierFactory(asset=asset, kind="BLUETOOTH", value=f"AA:{asset.code}")
    return found


def pending_group(mp: TompClient, assets: list[Asset]) -> str:
    """The id of a PENDING booking of all these."""
    plan = {"from": HERE, "useAssets": [asset.public_id for asset in assets], "nrOfTravelers": len(assets)}
    (option,) = mp.post("/planning/offers", plan).body["options"]
    assert len(option["legs"]) == len(assets)
    assert mp.post("/bookings", {"id": option["id"]}).status == 201
    return str(option["id"])


@pytest.mark.parametrize(
    "identifiers",
    [
        {"booking": [*WHERE, "ACCESS_CODE_TOKEN", "ACCESS_TICKETSTOCK"]},
        {"booking": [*WHERE, "ACCESS_CODE_PHYSICAL_KEY"]},
        {"booking": [*WHERE, AXA]},
        {"booking": WHERE, "tripExecution": ["LOCK_UNLOCK_NFC", "LOCK_UNLOCK_BLUETOOTH"]},
    ],
    ids=["tickets", "keys", "ekeys", "mechanisms"],
)
def test_the_access_data_of_a_group_costs_no_more_statements_than_that_of_one(
    operator: Any, settings: Any, identifiers: dict[str, list[str]]
) -> None:
    settings.EKEY_SERVICE_URL = SIMULATED
    mp = mp_with(**identifiers)
    methods = [ACCESS_FORMATS[name] for name in identifiers["booking"] if name in ACCESS_FORMATS]
    kind = factories.AssetTypeFactory(persons=1, access_methods=methods or ["DEEPLINK"])
    load(asset_type=kind, codes=[f"T-{number}" for number in range(4)])
    costs = []
    for number in (1, 3):
        booking = pending_group(mp, bikes(kind, number))
        assert operate(mp, booking, "COMMIT").status == 200
        with CaptureQueriesContext(connection) as queries:
            legs = mp.get(f"/bookings/{booking}").body["legs"]
        costs.append(len(queries))
        shown = {json.dumps(leg["assetAccessData"]["tokenData"]) for leg in legs}
        assert len(shown) == (1 if "ACCESS_CODE_PHYSICAL_KEY" in identifiers["booking"] else number)
    assert costs[0] == costs[1]
    assert costs[0] <= 6, "two for the booking, and at most four for all that opens"


# --- eKeys ---------------------------------------------------------------------------------------------------


@pytest.fixture
def service(settings: Any) -> Any:
    """A service of eKeys."""
    with MpServer() as server:
        server.always = Reply(body=json.dumps(MADE).encode())
        settings.EKEY_SERVICE_URL = f"{server.base_url}/ekeys"
        settings.EKEY_SERVICE_SECONDS = 10
        yield server


def group_with_ekeys(number: int) -> tuple[TompClient, str]:
    mp = mp_with(booking=[*WHERE, AXA])
    kind = factories.AssetTypeFactory(persons=1, access_methods=["AXA-EKEY-OTP"])
    return mp, pending_group(mp, bikes(kind, number))


def test_a_group_waits_no_longer_than_one_for_a_service_that_is_silent(
    operator: Any, service: Any, settings: Any
) -> None:
    settings.EKEY_SERVICE_SECONDS = 1
    mp, booking = group_with_ekeys(12)
    service.always = silent = Hang()
    start = time.monotonic()
    answer = operate(mp, booking, "COMMIT")
    took = time.monotonic() - start
    silent.release()
    assert answer.body["state"] == "CONFIRMED"
    assert not any("assetAccessData" in leg for leg in answer.body["legs"])
    assert took < 8, "12 legs with a second each would take 12"
    assert Transition.objects.filter(booking_id=booking, event="EKEY_FAILED").count() == 12


def test_each_leg_of_a_group_has_its_own_and_whoever_gets_none_goes_without(operator: Any, service: Any) -> None:
    mp, booking = group_with_ekeys(12)
    service.script.extend([Reply(status=503)] * 2)
    legs = operate(mp, booking, "COMMIT").body["legs"]
    assert [("assetAccessData" in leg) for leg in legs].count(True) == 10
    without = {leg["id"] for leg in legs if "assetAccessData" not in leg}
    noted = Transition.objects.filter(event="EKEY_FAILED")
    assert {transition.subject_id for transition in noted} == without
    assert len(service.received) == 12
