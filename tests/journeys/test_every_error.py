"""Every code of the error table (STATES, "Errors"), and every kind of bad input, provoked over HTTP.

A row is a code, the status it comes with, and what provokes it: a function that sets the scene and returns the call,
or the name of the test that does just that elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.tomp import errors
from apps.tomp.errors import TompError
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, confirmed, event, everything, leg_that_is, offer, operate, pending
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db

TESTS = Path(__file__).resolve().parents[1]
UNKNOWN = "5f0c3b62-3f22-4a6f-bd4b-0f1d4d3b9a10"
# The last three digits of each code of the table; whole codes where the document fixes them.
TABLE = {1, 2, 4, 5, 6, 7, 8, 9, 3201, 3202, 3203, 204, 3209, 8210, 211, 3500}
# Codes that are answered and not in that table: HTTP's own refusals, and the one-stop without a single offer.
BESIDE_THE_TABLE = {501}


@dataclass(frozen=True)
class Scene:
    """An MP, another one, a bike."""

    mp: TompClient
    stranger: TompClient
    asset: Any


Call = Callable[[], Answer]
Provocation = Callable[[Scene], Call]


@pytest.fixture
def scene(mp: TompClient, stranger: TompClient, asset: Any) -> Scene:
    """All that a provocation may want."""
    return Scene(mp, stranger, asset)


def _get(path: str, **headers: str | None) -> Provocation:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda scene: lambda: scene.mp.get(path, headers=named)


def _plan(**fields: Any) -> Provocation:
    return lambda scene: (
        lambda: scene.mp.post("/planning/offers", {"from": HERE, "useAssets": [scene.asset.public_id], **fields})
    )


def _book(**fields: Any) -> Provocation:
    def provoke(scene: Scene) -> Call:
        wanted = offer(scene.mp, scene.asset)
        return lambda: scene.mp.post("/bookings", {"id": wanted, **fields})

    return provoke


def _leg_event(state: str, name: str, **fields: Any) -> Provocation:
    def provoke(scene: Scene) -> Call:
        leg = leg_that_is(scene.mp, scene.asset, state)
        return lambda: event(scene.mp, leg, name, **fields)

    return provoke


def _addressed(to: str | None) -> Provocation:
    def provoke(scene: Scene) -> Call:
        mp = client(general=["TO_OPERATOR_REQUIRED"])
        return lambda: mp.get("/operator/meta", headers={"addressed-to": to})

    return provoke


def _broken_database(scene: Scene) -> Call:
    """Everything goes well until the last row of the transaction cannot be written."""
    booking = pending(scene.mp, scene.asset)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE history_transition ADD CONSTRAINT full_up CHECK (event = '') NOT VALID")
    body = b'{"operation": "COMMIT"}'
    path = f"/tomp/bookings/{booking}/events"
    headers = scene.mp.headers
    return lambda: Answer(scene.mp.client.generic("POST", path, body, content_type="application/json", headers=headers))


def _deactivated(scene: Scene) -> Call:
    scene.mp.provider.active = False
    scene.mp.provider.save(update_fields=["active"])
    return lambda: scene.mp.post("/bookings", {"id": UNKNOWN})


def _too_often(scene: Scene) -> Call:
    scene.mp.provider.request_limit = 1
    scene.mp.provider.save(update_fields=["request_limit"])
    moment = timezone.now().replace(second=5)

    def call() -> Answer:
        with time_machine.travel(moment, tick=False):
            scene.mp.get("/operator/meta")
            return scene.mp.get("/operator/meta")

    return call


def _booking_limit(scene: Scene) -> Call:
    pending(scene.mp, scene.asset)
    wanted = offer(scene.mp, factories.AssetFactory())
    scene.mp.provider.booking_limit = 1
    scene.mp.provider.save(update_fields=["booking_limit"])
    return lambda: scene.mp.post("/bookings", {"id": wanted})


def _late(path: str, body: dict[str, Any]) -> Provocation:
    """The same a day later: `{offer}` is an offer, `{booking}` a booking that was never committed."""

    def provoke(scene: Scene) -> Call:
        known = {"offer": offer(scene.mp, scene.asset)}
        if "{booking}" in path:
            known = {"booking": pending(scene.mp, scene.asset)}
        sent = {name: value.format(**known) for name, value in body.items()}

        def call() -> Answer:
            with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
                return scene.mp.post(path.format(**known), sent)

        return call

    return provoke


def _under_way(scene: Scene) -> Call:
    booking = leg_that_is(scene.mp, scene.asset, "IN_USE")
    return lambda: operate(scene.mp, booking, "CANCEL")


def _of_a_stranger(scene: Scene) -> Call:
    booking = pending(scene.mp, scene.asset)
    return lambda: operate(scene.stranger, booking, "COMMIT")


def _taken(scene: Scene) -> Call:
    wanted = offer(scene.mp, scene.asset)
    pending(scene.stranger, scene.asset)
    return lambda: scene.mp.post("/bookings", {"id": wanted})


def _one_stop_off(scene: Scene) -> Call:
    return lambda: scene.mp.post("/bookings/one-stop", {"from": HERE, "useAssets": [scene.asset.public_id]})


def _commit_twice_over(scene: Scene) -> Call:
    booking = confirmed(scene.mp, scene.asset)
    return lambda: operate(scene.mp, booking, "COMMIT")


ERRORS: list[tuple[int, int, Provocation | str]] = [
    (1001, 400, _get("/operator/regions", Api=None)),
    (2001, 400, _plan(useAssets=[])),
    (3001, 400, lambda scene: lambda: scene.mp.post("/bookings", {})),
    (4001, 400, _leg_event("NOT_STARTED", "PREPARE", time=None)),
    (7001, 400, _addressed(None)),
    (8001, 400, "customers/test_accounts.py::test_what_no_customer_can_be_is_refused"),
    (1002, 400, _get("/operator/available-assets?boundingbox=1")),
    (2002, 400, _plan(nrOfTravelers=0)),
    (3002, 400, _book(customer={"email": "nobody"})),
    (4002, 400, _leg_event("NOT_STARTED", "FLY")),
    (7002, 400, _addressed("SOMEBODY-ELSE")),
    (8002, 400, "customers/test_accounts.py::test_what_no_customer_can_be_is_refused"),
    (3004, 403, _commit_twice_over),
    (4004, 403, _leg_event("NOT_STARTED", "PAUSE")),
    (3005, 500, _broken_database),
    (1006, 401, _get("/operator/regions", X_API_Key="nonsense")),
    (3006, 403, _deactivated),
    (3006, 403, _one_stop_off),
    (8006, 401, "customers/test_accounts.py::test_errors_of_credentials_and_headers_come_in_a_list_too"),
    (1007, 429, _too_often),
    (1008, 400, _get("/operator/regions", Api_Version="2.0.0")),
    (1009, 400, _get("/operator/regions?limit=1001")),
    (3201, 403, _booking_limit),
    (3202, 410, _late("/bookings", {"id": "{offer}"})),
    (3202, 410, _late("/bookings/{booking}/events", {"operation": "EXTEND_EXPIRY_TIME", "extendReason": "OTHER"})),
    (3203, 403, _under_way),
    (3204, 404, _get(f"/bookings/{UNKNOWN}")),
    (3204, 404, _of_a_stranger),
    (4204, 404, _get(f"/legs/{UNKNOWN}")),
    (7204, 404, "tomp/test_requests.py::test_an_address_that_is_not_there"),
    (8204, 404, "customers/test_accounts.py::test_another_mp_may_know_the_same_traveller"),
    (3209, 428, "customers/test_accounts.py::test_a_blocked_customer_books_nothing"),
    (8210, 409, "customers/test_accounts.py::test_the_same_traveller_twice_is_a_double"),
    (3211, 400, "bookings/test_changes.py::test_the_state_is_never_changed"),
    (8211, 400, "customers/test_accounts.py::test_what_only_we_set_is_refused"),
    (3500, 409, _taken),
    (4500, 409, "legs/test_states.py::test_an_asset_that_is_taken_is_not_assigned"),
    (3501, 406, "bookings/test_one_stop.py::test_a_plan_that_leads_to_no_single_offer_is_not_booked"),
]


def in_hours(hours: float) -> str:
    return at(timezone.now() + timedelta(hours=hours))


THEN = in_hours(3)
BAD_INPUT: dict[str, tuple[int, Provocation | str]] = {
    "a departure in the past": (2002, _plan(departureTime="2020-01-01T10:00:00Z")),
    "a departure in the far future": (2002, _plan(departureTime=in_hours(24 * 400))),
    "an arrival in the far future": (2002, _plan(arrivalTime=in_hours(24 * 400))),
    "an arrival in the past": (2002, _plan(arrivalTime=in_hours(-2))),
    "an arrival before the departure": (2002, _plan(departureTime=in_hours(3), arrivalTime=in_hours(2))),
    "an arrival at the departure": (2002, _plan(departureTime=THEN, arrivalTime=THEN)),
    "an event in the future": (4002, "legs/test_states.py::test_a_time_that_cannot_be_is_refused"),
    "a postponement into the far future": (
        4002,
        "legs/test_states.py::test_other_times_in_the_past_or_far_ahead_are_refused",
    ),
    "a FINISH outside every return area": (
        4002,
        "legs/test_process.py::test_a_finish_outside_every_return_area_is_refused",
    ),
    "evidence that is no URL": (4002, "legs/test_states.py::test_evidence_that_is_no_url_is_refused"),
    "an asset of another type": (4002, "legs/test_states.py::test_an_asset_of_another_type_is_not_assigned"),
    "a callback to loopback": (3002, _book(callbackUrl="https://127.0.0.1/tomp")),
    "a callback to a private network": (3002, _book(callbackUrl="https://10.1.2.3/tomp")),
    "a callback to a private address in disguise": (3002, _book(callbackUrl="https://[::ffff:192.168.0.1]/tomp")),
    "a callback to a number that is loopback": (3002, _book(callbackUrl="https://2130706433/tomp")),
    "a callback to localhost that staff have not registered": (3002, _book(callbackUrl="https://localhost/tomp")),
    "a callback without encryption": (3002, _book(callbackUrl="http://mp.example/tomp")),
    "a callback to a host of somebody else": (3002, _book(callbackUrl="https://elsewhere.example/tomp")),
}


def assert_refused(scene: Scene, provoke: Provocation, code: int, status: int) -> None:
    """The call is answered with the error object, in both spellings, and nothing has happened."""
    call = provoke(scene)
    before = everything()
    answer = call()
    error = answer.body
    assert (answer.status, error["errorcode"], error["errorCode"], error["status"]) == (status, code, code, status)
    assert error["title"]
    assert error["detail"]
    assert error["instance"] == answer.headers["X-Request-ID"] != ""
    assert ("Retry-After" in answer.headers) == (status == 429)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert everything() == before


@pytest.mark.parametrize(("code", "status", "provoke"), [row for row in ERRORS if callable(row[2])])
def test_an_error_of_the_table(scene: Scene, code: int, status: int, provoke: Provocation) -> None:
    assert_refused(scene, provoke, code, status)


@pytest.mark.parametrize("name", [name for name, (_, provoke) in BAD_INPUT.items() if callable(provoke)])
def test_a_bad_input(scene: Scene, name: str, settings: Any) -> None:
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    scene.mp.provider.callback_hosts = ["mp.example", "127.0.0.1", "10.1.2.3", "2130706433"]
    scene.mp.provider.save(update_fields=["callback_hosts"])
    code, provoke = BAD_INPUT[name]
    assert callable(provoke)
    assert_refused(scene, provoke, code, 400)


def test_what_is_provoked_elsewhere_is_provoked_there() -> None:
    told = [*(provoke for _, _, provoke in ERRORS), *(provoke for _, provoke in BAD_INPUT.values())]
    for test in told:
        if isinstance(test, str):
            file, _, name = test.partition("::")
            assert f"\ndef {name}" in (TESTS / file).read_text(encoding="utf-8"), test


def test_the_table_is_whole() -> None:
    provoked = {code for code, _, _ in ERRORS}
    for code in TABLE:
        assert code in provoked or any(one % 1000 == code for one in provoked), code
    ours = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, TompError)]
    known = TABLE | BESIDE_THE_TABLE
    assert {one.code if one.code is not None else one.suffix for one in ours} == known
