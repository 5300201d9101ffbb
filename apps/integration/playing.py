"""Playing an MP in a sandbox: the demo fleet, the MP's own process, and the journeys that fit it, step by step."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.test import Client

from apps.assets.selectors import fleet
from apps.backoffice import demo
from apps.backoffice.journeys import SCENARIOS, Scenario, StepFailed, Walk
from apps.backoffice.mp_client import Answer
from apps.bookings.services import commit
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.operator.models import Operator
from apps.processes.checks import errors_in
from apps.processes.problems import ProfileRefused
from apps.processes.services import publish
from apps.providers.models import Provider
from apps.providers.services import create_credential

STAFF = Actor(ActorKind.TO, "go-live check")
# What a profile may demand of a traveller, all of it.
TRAVELLER: dict[str, Any] = {
    "id": "traveller-17",
    "firstName": "Jo",
    "lastName": "Doe",
    "email": "jo@mp.example",
    "birthDate": "1990-05-17",
    "age": 36,
    "phones": [{"number": "+31612345678", "kind": "MOBILE", "type": "PRIVATE", "preferred": True}],
    "address": {"streetAddress": "Domplein 1", "areaReference": "Utrecht", "postalCode": "3512 JC", "country": "NL"},
    "cards": [{"type": "CREDIT", "cardNumber": "4111 1111 1111 1111", "validUntil": "2099-12-31"}],
    "licenses": [{"assetClass": "CAR", "licenseCode": "B", "number": "1234567890", "validUntil": "2099-12-31"}],
}


class InProcessClient:
    """The MP's client, through the whole of the web application without a network."""

    def __init__(self, provider: Provider) -> None:
        _, key = create_credential(provider=provider, label="go-live check")
        self.client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        self.headers = {
            "Accept-Language": "en",
            "Api": "TOMP",
            "Api-Version": "1.6.1",
            "maas-id": provider.maas_id,
            "X-API-Key": key,
        }

    def get(self, path: str) -> Answer:
        """GET `path`, with its query."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """POST `body` as JSON; of a booking with all that may be asked of its traveller."""
        if path in ("/bookings", "/bookings/one-stop"):
            body = {**body, "customer": {**TRAVELLER, **body.get("customer", {})}}
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        started = time.monotonic()
        response = self.client.generic(
            method, f"/tomp{path}", content, content_type="application/json" if content else "", headers=self.headers
        )
        milliseconds = round((time.monotonic() - started) * 1000)
        headers = {name.lower(): value for name, value in response.headers.items()}
        parsed = json.loads(response.content) if response.content else None
        return Answer(method, path, body, response.status_code, headers, parsed, milliseconds)


def play(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Load the demo, publish the process of `task`, and play; yields what is to be told.

    `task` has the `maas_id`, the `document` of the process and the operator's `languages`. What is told is a `stage`,
    the `journeys`, a `step` that went well, or a `failure` with the `call` it is about, after which no more comes.
    """
    yield {"stage": "Loading the demo fleet"}
    demo.load()
    Operator.objects.update(languages=task["languages"])
    provider, _ = Provider.objects.get_or_create(maas_id=task["maas_id"], defaults={"name": task["maas_id"]})
    document, left_out = _for_demo_fleet(task["document"])
    if left_out:
        yield {"stage": f"Left out, as the demo fleet has no such types: {', '.join(left_out)}"}
    try:
        version = publish(provider=provider, document=document, fleet=fleet())
    except ProfileRefused as refusal:
        said = "; ".join(map(str, errors_in(refusal.problems)))
        yield {"failure": f"The profile cannot be published in the sandbox: {said}"}
        return
    identifiers = {name for names in version.document["processIdentifiers"].values() for name in names}
    fitting = [scenario for scenario in SCENARIOS.values() if scenario.fits(identifiers)]
    yield {"journeys": [scenario.name for scenario in fitting]}
    if not fitting:
        yield {"failure": "No journey fits this profile. `manage.py journey --list` tells which there are."}
    for scenario in fitting:
        for told in _ride(scenario, provider):
            yield told
            if "failure" in told:
                return


def _for_demo_fleet(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The document without what it says of asset types that the demo fleet does not have, and their ids."""
    own: dict[str, Any] = document.get("assetTypes") or {}
    known = {type_id for type_id in own if type_id in fleet().asset_types}
    kept = {type_id: said for type_id, said in own.items() if type_id in known}
    return {**document, "assetTypes": kept} if own else document, sorted(set(own) - known)


def _ride(scenario: Scenario, provider: Provider) -> Iterator[dict[str, Any]]:
    calls: list[Answer] = []
    walk = Walk(InProcessClient(provider), report=calls.append, waiting=_commit)
    try:
        for step in scenario.steps(walk):
            answer = step.answer
            yield {
                "step": {
                    "journey": scenario.name,
                    "name": step.name,
                    "method": answer.method,
                    "path": answer.path,
                    "status": answer.status,
                    "summary": step.summary,
                    "milliseconds": answer.milliseconds,
                }
            }
    except StepFailed as failure:
        last = calls[-1]
        call = {"method": last.method, "path": last.path, "status": last.status, "sent": last.sent, "got": last.body}
        yield {"failure": f"{scenario.name}, {failure}", "call": call}


def _commit(what: str, booking_id: str) -> None:
    """Do what a journey waits for: staff say yes."""
    commit(booking_id=UUID(booking_id), actor=STAFF)
