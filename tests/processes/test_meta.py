"""/operator/meta: what each MP reads of its process. The client checks every answer against the document."""

from typing import Any

import pytest

from apps.processes.endpoints import ENDPOINTS
from apps.processes.models import ProfileVersion
from tests.factories import MAP_CENTRIC, ProviderFactory
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

STATION_BASED: dict[str, Any] = {
    "processIdentifiers": {
        "operatorInformation": ["AVAILABILITY_STATION_MANDATORY"],
        "planning": ["PLANNING_BASED", "MANDATORY_FROM_STATION_ID"],
        "booking": ["NORMAL", "ACCESS_CODE_IN_COMMIT_EVENT"],
    },
    "steps": {
        "planning": [{"type": "URL", "url": "https://example.org/terms", "action": "SHOW_TERMS_CONDITIONS"}],
        "offboarding": [
            {
                "type": "PLAIN_TEXT",
                "goal": "INSTRUCTIONS",
                "text": {"en": "Take a picture", "nl": "Maak een foto"},
                "action": "SEND_EVIDENCE_PARKED",
            },
            {"type": "HTML", "text": "<b>Thanks</b>", "action": "SEND_FINISH"},
        ],
    },
    "conditions": [{"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}],
    "settings": {"holdMinutes": 15},
    "assetTypes": {"cargo-bike": {"conditions": [{"conditionType": "conditionPayWhenFinished"}]}},
}
POSTPONED: dict[str, Any] = {"processIdentifiers": {"booking": ["POSTPONED_COMMIT"]}}


def meta_of(document: dict[str, Any] | None, **options: Any) -> dict[str, Any]:
    provider = ProviderFactory(document=document) if document else ProviderFactory(document__none=True)
    answer = TompClient(provider).get("/operator/meta", **options)
    assert answer.status == 200, answer
    (implementation,) = answer.body
    return implementation


@pytest.mark.parametrize("document", [None, MAP_CENTRIC, STATION_BASED, POSTPONED])
def test_it_always_lists_all_seven_modules_and_every_endpoint(operator: Any, document: Any) -> None:
    implementation = meta_of(document)
    wanted = (document or {}).get("processIdentifiers", {})
    modules = ["operatorInformation", "planning", "booking", "tripExecution", "support", "payment", "general"]
    assert implementation["processIdentifiers"] == {module: wanted.get(module, []) for module in modules}
    assert implementation["version"] == "1.6.1"
    assert implementation["baseUrl"].endswith("/tomp")
    assert {(row["method"], row["path"]) for row in implementation["endpoints"]} == {
        (endpoint.method, endpoint.path) for endpoint in ENDPOINTS
    }


def test_steps_come_in_the_language_of_the_answer(operator: Any) -> None:
    implementation = meta_of(STATION_BASED, headers={"Accept-Language": "nl-NL"})
    first, second = implementation["steps"]["offboarding"]
    assert (first["text"], first["action"]) == ("Maak een foto", "SEND_EVIDENCE_PARKED")
    assert second["action"] == "SEND_FINISH"
    assert set(implementation["steps"]) == {"planning", "offboarding"}


def test_scenarios_follow_from_the_conditions_of_the_profile_and_its_asset_types(operator: Any) -> None:
    assert meta_of(STATION_BASED)["scenarios"] == ["DEPOSIT", "PAY_WHEN_FINISHED"]
    assert meta_of(POSTPONED)["scenarios"] == ["POSTPONED_COMMIT"]
    assert meta_of(MAP_CENTRIC)["scenarios"] == []


def test_events_and_pages_are_told_apart(operator: Any) -> None:
    rows = meta_of(MAP_CENTRIC)["endpoints"]
    events = {(row["path"], row["eventType"]): row["status"] for row in rows if "eventType" in row}
    assert events["/bookings/{id}/events", "COMMIT"] == "IMPLEMENTED"
    assert events["/bookings/{id}/events", "EXPIRE"] == "NOT_IMPLEMENTED"
    assert all("eventType" in row for row in rows if row["path"].endswith("/events"))
    paged = {row["path"]: row["maxPageSize"] for row in rows if row.get("supportsPaging")}
    told = ("stations", "available-assets", "regions", "alerts", "pricing-plans")
    information = [f"/operator/{name}" for name in told]
    lists = [*information, "/legs/{id}/available-assets", "/bookings/{id}/notifications", "/payment/journal-entry"]
    assert paged == dict.fromkeys(lists, 1000)


def test_events_that_come_from_us_are_not_implemented_for_the_mp(operator: Any) -> None:
    rows = meta_of({"processIdentifiers": {"tripExecution": ["TO_CONTROLLED"]}})["endpoints"]
    status = {row.get("eventType"): row["status"] for row in rows if row["path"] == "/legs/{id}/events"}
    assert (status["SET_IN_USE"], status["FINISH"]) == ("NOT_IMPLEMENTED", "NOT_IMPLEMENTED")
    assert status["PREPARE"] == "IMPLEMENTED"


def test_two_mps_read_their_own_and_a_publish_is_seen_by_the_next_call(operator: Any) -> None:
    one, other = ProviderFactory(document=MAP_CENTRIC), ProviderFactory(document=STATION_BASED)
    mine, theirs = TompClient(one), TompClient(other)
    before = mine.get("/operator/meta").body[0]["processIdentifiers"]["planning"]
    assert before == ["ASSET_BASED", "EXACT_ID"]
    assert theirs.get("/operator/meta").body[0]["processIdentifiers"]["planning"][0] == "PLANNING_BASED"

    ProfileVersion.objects.create(provider=one, number=2, document=STATION_BASED)
    after = mine.get("/operator/meta").body[0]["processIdentifiers"]["planning"]
    assert after == ["PLANNING_BASED", "MANDATORY_FROM_STATION_ID"]


def test_it_asks_for_two_headers_only(operator: Any) -> None:
    client = TompClient(ProviderFactory())
    assert client.get("/operator/meta", headers={"Api": None, "Api-Version": None}).status == 200
    refused = client.get("/operator/meta", headers={"maas-id": None})
    assert (refused.status, refused.body["errorcode"]) == (400, 1001)


def test_it_takes_one_statement(operator: Any, django_assert_num_queries: Any) -> None:
    client = TompClient(ProviderFactory())
    client.get("/operator/meta")
    with django_assert_num_queries(1):
        assert client.get("/operator/meta").status == 200


@pytest.mark.parametrize("booking", [["ONE_STOP"], ["NORMAL"]])
def test_one_stop_is_implemented_for_whom_it_is_on(operator: Any, booking: list[str]) -> None:
    endpoints = meta_of({"processIdentifiers": {"booking": booking}})["endpoints"]
    (one_stop,) = (row for row in endpoints if row["path"] == "/bookings/one-stop")
    assert one_stop["status"] == ("IMPLEMENTED" if booking == ["ONE_STOP"] else "NOT_IMPLEMENTED")
