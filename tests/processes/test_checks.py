"""The check of a profile's document: every kind of problem, all told at once, whatever comes."""

from dataclasses import replace
from typing import Any

import pytest

from apps.processes.checks import check, errors_in
from apps.processes.document import normalise
from apps.processes.problems import Fleet, Problem

FLEET = Fleet({"city-bike": {"DEEPLINK", "QR"}, "cargo-bike": {"DEEPLINK"}}, {"s"})
HELLO = {"type": "PLAIN_TEXT", "text": "Hello"}


def problems_of(document: Any) -> list[Problem]:
    return check(document, languages=["en", "nl"], fleet=FLEET)


def planning(*names: str) -> dict[str, Any]:
    return {"processIdentifiers": {"planning": list(names)}}


def booking(*names: str) -> dict[str, Any]:
    return {"processIdentifiers": {"booking": list(names)}}


def steps(phase: str, *actions: str) -> dict[str, Any]:
    return {"steps": {phase: [{**HELLO, "action": action} for action in actions]}}


def step(**fields: Any) -> dict[str, Any]:
    return {"steps": {"planning": [{**HELLO, "action": "RESULT_SHOWN", **fields}]}}


def condition(kind: str, **fields: Any) -> dict[str, Any]:
    return {"conditions": [{"conditionType": kind, **fields}]}


def area(**fields: Any) -> dict[str, Any]:
    return condition("conditionReturnArea", **fields)


RING = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.0]]
BOW_TIE = [[5.0, 52.0], [5.1, 52.1], [5.1, 52.0], [5.0, 52.1], [5.0, 52.0]]
HOURS = {"days": ["MON"], "startTime": "07:00", "endTime": "22:30"}
FIRST = "steps.planning[0]"

# what is wrong: (document, where it is told, what the sentence says)
ERRORS: dict[str, tuple[Any, str, str]] = {
    "no object": ([], "", "a JSON array"),
    "unknown section": ({"step": {}}, "step", "not known here"),
    "identifiers no object": ({"processIdentifiers": []}, "processIdentifiers", "object of modules"),
    "unknown module": ({"processIdentifiers": {"trip": []}}, "processIdentifiers.trip", "no module"),
    "names no list": ({"processIdentifiers": {"planning": "QR"}}, "processIdentifiers.planning", "list"),
    "name no text": (planning(3), "processIdentifiers.planning[0]", "a name"),  # type: ignore[arg-type]
    "wrong module": (planning("NORMAL"), "processIdentifiers.planning[0]", "belongs to the module booking"),
    "support is empty": ({"processIdentifiers": {"support": ["CHAT"]}}, "processIdentifiers.support", "stays empty"),
    "exclusion": (
        booking("NORMAL", "POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE"),
        "processIdentifiers.booking[2]",
        "ATOMIC_BOOKING_SET_IN_USE and POSTPONED_COMMIT cannot be on together",
    ),
    "exclusion of the alias": (booking("ATOMIC_BOOKING_UNLOCKING", "POSTPONED_COMMIT"), "", "cannot be on together"),
    "exclusion across modules": (
        {"processIdentifiers": {"booking": ["ATOMIC_BOOKING_SET_IN_USE"], "tripExecution": ["TO_CONTROLLED"]}},
        "processIdentifiers.booking[0]",
        "cannot be on together",
    ),
    "need": (planning("ASSET_BASED"), "processIdentifiers.planning[0]", "ASSET_BASED needs one of BARCODE_SCAN"),
    "unsupported": (booking("ACCESS_CODE_BY_MP"), "processIdentifiers.booking[0]", "cannot be published"),
    "identifier with a space": (booking("POSTPONED_COMMIT "), "processIdentifiers.booking[0]", "but POSTPONED_COMMIT"),
    "identifier in small letters": (booking("postponed_commit"), "processIdentifiers.booking[0]", "but POSTPONED"),
    "free text with a space": (planning(" BRING_FLOWERS"), "processIdentifiers.planning[0]", "begins or ends"),
    "steps no object": ({"steps": []}, "steps", "object of phases"),
    "unknown phase": (steps("onBoarding", "SEND_PREPARE"), "steps.onBoarding", "no phase"),
    "phase no list": ({"steps": {"pausing": {}}}, "steps.pausing", "list of steps"),
    "step no object": ({"steps": {"pausing": ["SEND_PAUSE"]}}, "steps.pausing[0]", "A step is needed"),
    "wrong action for the phase": (steps("pausing", "SEND_FINISH"), "steps.pausing[0].action", "of the phase pausing"),
    "no action": ({"steps": {"planning": [HELLO]}}, f"{FIRST}.action", "is missing"),
    "unknown type": (step(type="VIDEO"), f"{FIRST}.type", "“VIDEO” is no type"),
    "no type": ({"steps": {"planning": [{"action": "RESULT_SHOWN"}]}}, f"{FIRST}.type", "is missing"),
    "unknown goal": (step(goal=["SALES"]), f"{FIRST}.goal", "a JSON array is no goal"),
    "unknown field": (step(txt="x"), f"{FIRST}.txt", "not known here"),
    "no text": ({"steps": {"planning": [{"type": "HTML", "action": "RESULT_SHOWN"}]}}, f"{FIRST}.text", "needs a text"),
    "empty text": (step(text="  "), f"{FIRST}.text", "is empty"),
    "text is all script": (step(type="HTML", text="<script>steal()</script>"), f"{FIRST}.text", "is empty"),
    "text no text": (step(text={"en": 5, "nl": "x"}), f"{FIRST}.text.en", "A text is needed"),
    "missing language": (step(text={"en": "Hello"}), f"{FIRST}.text", "language nl"),
    "no url": (
        {"steps": {"planning": [{"type": "URL", "action": "RESULT_SHOWN"}]}},
        f"{FIRST}.url",
        "needs a url",
    ),
    "bad url": (
        {"steps": {"planning": [{"type": "IMAGE", "action": "RESULT_SHOWN", "url": "javascript:alert(1)"}]}},
        f"{FIRST}.url",
        "An address such as",
    ),
    "url beside text": (step(url="https://example.org"), f"{FIRST}.url", "has no url"),
    "finish before start finishing": (
        steps("offboarding", "SEND_FINISH", "SEND_START_FINISHING"),
        "steps.offboarding[0]",
        "SEND_FINISH comes before SEND_START_FINISHING",
    ),
    "evidence after finish": (
        steps("offboarding", "SEND_FINISH", "SEND_EVIDENCE_HELMET"),
        "steps.offboarding[0]",
        "SEND_FINISH comes before SEND_EVIDENCE_HELMET",
    ),
    "set in use before prepare": (
        steps("onboarding", "SEND_SET_IN_USE", "SEND_PREPARE"),
        "steps.onboarding[0]",
        "that cannot work",
    ),
    "set in use before assign": (
        steps("onboarding", "SEND_SET_IN_USE", "SEND_ASSIGN_ASSET"),
        "steps.onboarding[0]",
        "that cannot work",
    ),
    "helmet into a locked trunk": (
        steps("pausing", "LOCK_TRUNK", "STOW_HELMET"),
        "steps.pausing[0]",
        "LOCK_TRUNK comes before STOW_HELMET",
    ),
    "step that the process forbids": (
        {**steps("onboarding", "SEND_SET_IN_USE"), "processIdentifiers": {"tripExecution": ["TO_CONTROLLED"]}},
        "steps.onboarding[0].action",
        "TO_CONTROLLED is on",
    ),
    "conditions no list": ({"conditions": {}}, "conditions", "list of conditions"),
    "condition no object": ({"conditions": [7]}, "conditions[0]", "A condition is needed"),
    "unknown condition": (condition("conditionLuck"), "conditions[0].conditionType", "“conditionLuck” is no condition"),
    "deprecated condition": (
        condition("conditionRequireEvidence"),
        "conditions[0].conditionType",
        "off-boarding steps",
    ),
    "steps as a condition": (
        condition("conditionRequirePausingSteps", steps=[]),
        "conditions[0].conditionType",
        "under assetTypes",
    ),
    "condition twice": (
        {"conditions": [{"conditionType": "conditionPayWhenFinished"}] * 2},
        "conditions[1]",
        "already",
    ),
    "field of another condition": (
        condition("conditionPayWhenFinished", amount=3),
        "conditions[0].amount",
        "not known here",
    ),
    "condition id": (condition("conditionPayWhenFinished", id=3), "conditions[0].id", "An id is a text"),
    "deposit of what": (
        condition("conditionDeposit", amount=50),
        "conditions[0].currencyCode",
        "needs its currencyCode",
    ),
    "deposit amount": (
        condition("conditionDeposit", amount="50", currencyCode="EUR"),
        "conditions[0].amount",
        "a number from 0",
    ),
    "deposit VAT": (
        condition("conditionDeposit", amount=50, currencyCode="EUR", vatRate=1000),
        "conditions[0].vatRate",
        "a number from 0 to 100.",
    ),
    "deposit currency": (
        condition("conditionDeposit", amount=50, currencyCode="euro"),
        "conditions[0].currencyCode",
        "three capital letters",
    ),
    "response time": (
        condition("conditionPostponedCommit", responseMinutes=0),
        "conditions[0].responseMinutes",
        "whole number",
    ),
    "no booking data": (
        condition("conditionRequireBookingData", requiredFields=[]),
        "conditions[0].requiredFields",
        "At least one",
    ),
    "unknown booking data": (
        condition("conditionRequireBookingData", requiredFields=["SHOE_SIZE"]),
        "conditions[0].requiredFields[0]",
        "cannot be required",
    ),
    "claims not asked for": (
        condition("conditionRequireBookingData", requiredFields=["EMAIL"], claims=["over18"]),
        "conditions[0].claims",
        "BLOCKCHAIN_CLAIMS",
    ),
    "claims no names": (
        condition("conditionRequireBookingData", requiredFields=["BLOCKCHAIN_CLAIMS"], claims=[1]),
        "conditions[0].claims",
        "list of names",
    ),
    "return area nowhere": (area(), "conditions[0]", "says where"),
    "return area station": (area(stationId=""), "conditions[0].stationId", "id of a station"),
    "return area no polygon": (area(returnArea={"type": "Point"}), "conditions[0].returnArea", "GeoJSON Polygon"),
    "return area at no station": (area(stationId="nowhere"), "conditions[0].stationId", "no such station"),
    "return area without surface": (
        area(returnArea={"type": "Polygon", "coordinates": [[[5.0, 52.0]] * 4]}),
        "conditions[0].returnArea",
        "no valid surface",
    ),
    "return area that crosses itself": (
        area(returnArea={"type": "Polygon", "coordinates": [BOW_TIE]}),
        "conditions[0].returnArea",
        "no valid surface",
    ),
    "return area open": (
        area(returnArea={"type": "Polygon", "coordinates": [RING[:3]]}),
        "conditions[0].returnArea.coordinates[0]",
        "the first again",
    ),
    "return area coordinates": (area(coordinates={"lng": 200, "lat": 0}), "conditions[0].coordinates", "degrees"),
    "return area above the sky": (
        area(coordinates={"lng": 5, "lat": 52, "alt": 9001}),
        "conditions[0].coordinates.alt",
        "from -500 to 9000 metres",
    ),
    **{
        f"return hours by {name}": (
            area(stationId="s", returnHours=[{**HOURS, name: "MEMBER"}]),
            f"conditions[0].returnHours[0].{name}",
            f"{name} has no effect yet",
        )
        for name in ("userType", "stationId", "regionId")
    },
    "return time past midnight": (
        area(stationId="s", returnHours=[{**HOURS, "endTime": "24:59"}]),
        "conditions[0].returnHours[0].endTime",
        "07:30",
    ),
    "return hours": (
        area(stationId="s", returnHours=[{**HOURS, "days": ["MONDAY"]}]),
        "conditions[0].returnHours[0].days",
        "MON, TUE",
    ),
    "return time": (
        area(stationId="s", returnHours=[{**HOURS, "endTime": "25:00"}]),
        "conditions[0].returnHours[0].endTime",
        "07:30",
    ),
    "settings no object": ({"settings": 5}, "settings", "object of settings"),
    "unknown setting": ({"settings": {"patience": 5}}, "settings.patience", "not known here"),
    "setting out of range": ({"settings": {"holdMinutes": 0}}, "settings.holdMinutes", "from 1 to 1440"),
    "setting of a wrong type": ({"settings": {"holdMinutes": True}}, "settings.holdMinutes", "whole number"),
    "setting of no choice": ({"settings": {"postponedAt": "LATER"}}, "settings.postponedAt", "BOOKING, COMMIT"),
    "asset types no object": ({"assetTypes": []}, "assetTypes", "object of asset types"),
    "unknown asset type": ({"assetTypes": {"tandem": {}}}, "assetTypes.tandem", "no such asset type"),
    "asset type no object": ({"assetTypes": {"city-bike": []}}, "assetTypes.city-bike", "steps and conditions"),
    "phase of an asset type": (
        {"assetTypes": {"city-bike": steps("booking", "PENDING")}},
        "assetTypes.city-bike.steps.booking",
        "no phase here",
    ),
    "asset type's condition": (
        {"assetTypes": {"city-bike": condition("conditionLuck")}},
        "assetTypes.city-bike.conditions[0].conditionType",
        "is no condition",
    ),
    "text that cannot be stored": (step(text="a\x00b"), f"{FIRST}.text", "cannot be stored"),
    "half a character": (step(text="a\ud83d"), f"{FIRST}.text", "cannot be stored"),
    "no finite number": (
        condition("conditionDeposit", amount=float("nan"), currencyCode="EUR"),
        "conditions[0].amount",
        "no number from",
    ),
    "number beyond JSON's": ({"settings": {"holdMinutes": 1e30}}, "settings.holdMinutes", "no number from -2^53"),
    "integer beyond JSON's": ({"settings": {"holdMinutes": -(2**53) - 1}}, "settings.holdMinutes", "no number from"),
}
WARNINGS: dict[str, tuple[Any, str, str]] = {
    "deprecated": (planning("ATOMIC_PLANNING_AND_BOOKING"), "processIdentifiers.planning[0]", "use ONE_STOP"),
    "free text": (planning("BRING_FLOWERS"), "processIdentifiers.planning[0]", "has no effect"),
    "twice": (planning("EXACT_ID", "EXACT_ID"), "processIdentifiers.planning[1]", "there twice"),
    "format nobody offers": (
        booking("ACCESS_CODE_PDF", "ACCESS_CODE_DEEPLINK"),
        "processIdentifiers.booking[0]",
        "no asset type offers PDF",
    ),
    "no format in common": (booking("ACCESS_CODE_QR"), "processIdentifiers.booking", "cargo-bike offers none"),
    "language nobody speaks": (
        step(text={"en": "a", "nl": "b", "fr": "c"}),
        f"{FIRST}.text.fr",
        "none of the operator's",
    ),
    "deprecated name": (
        condition("conditionRequireBookingData", requiredFields=["NAME"]),
        "conditions[0].requiredFields[0]",
        "FIRST_NAME",
    ),
    "claims without names": (
        condition("conditionRequireBookingData", requiredFields=["BLOCKCHAIN_CLAIMS"]),
        "conditions[0].claims",
        "no claim is named",
    ),
    "no lock to work": (
        {"processIdentifiers": {"tripExecution": ["LOCK_UNLOCK_REMOTELY"]}},
        "processIdentifiers.tripExecution[0]",
        "no asset type has a lock gateway",
    ),
    "free deposit": (condition("conditionDeposit", amount=0, currencyCode="EUR"), "conditions[0].amount", "of nothing"),
}


@pytest.mark.parametrize("wrong", ERRORS)
def test_each_error_is_told_where_it_is(wrong: str) -> None:
    document, where, says = ERRORS[wrong]
    told = errors_in(problems_of(document))
    assert any(problem.where.startswith(where) and says in problem.sentence for problem in told), told


@pytest.mark.parametrize("doubtful", WARNINGS)
def test_each_warning_is_told_and_keeps_nothing_from_being_published(doubtful: str) -> None:
    document, where, says = WARNINGS[doubtful]
    problems = problems_of(document)
    assert errors_in(problems) == []
    assert any(problem.where == where and says in problem.sentence for problem in problems), problems


def test_all_problems_are_told_at_once_errors_first() -> None:
    document = {
        **planning("ASSET_BASED", "ATOMIC_PLANNING_AND_BOOKING"),
        **steps("onBoarding", "SEND_PREPARE"),
        "conditions": [{"conditionType": "conditionLuck"}],
        "settings": {"patience": 1},
    }
    problems = problems_of(document)
    assert [problem.severity for problem in problems] == ["error"] * 4 + ["warning"]
    assert str(problems[-1]).startswith("warning: processIdentifiers.planning[1]: ATOMIC_PLANNING_AND_BOOKING")


def test_a_profile_that_uses_everything_has_no_problem() -> None:
    document = {
        "processIdentifiers": {
            "operatorInformation": ["AVAILABILITY_ON_SPOT"],
            "planning": ["ASSET_BASED", "QR_SCAN", "EXACT_ID"],
            "booking": ["NORMAL", "POSTPONED_COMMIT", "ACCESS_CODE_DEEPLINK"],
            "general": ["TO_OPERATOR_REQUIRED"],
        },
        "steps": {
            "planning": [
                {"type": "URL", "url": {"en": "https://a.example", "nl": "https://b.example"}, "action": "RESULT_SHOWN"}
            ],
            "offboarding": [
                {"type": "TEXT", "goal": "INSTRUCTIONS", "text": {"en": "Park", "nl": "Parkeer"}, "action": action}
                for action in ("SEND_START_FINISHING", "PARK_ASSIST", "SEND_EVIDENCE_PARKED", "SEND_FINISH")
            ],
        },
        "conditions": [
            {
                "conditionType": "conditionDeposit",
                "id": "d",
                "amount": 50,
                "currencyCode": "EUR",
                "vatCountryCode": "NL",
            },
            {"conditionType": "conditionPostponedCommit", "responseMinutes": 21},
            {
                "conditionType": "conditionRequireBookingData",
                "requiredFields": ["BLOCKCHAIN_CLAIMS"],
                "claims": ["over18"],
            },
            {"conditionType": "conditionReturnArea", "stationId": "s", "returnHours": [HOURS]},
            {"conditionType": "conditionReturnArea", "returnArea": {"type": "Polygon", "coordinates": [RING]}},
            {"conditionType": "conditionReturnArea", "coordinates": {"lng": 0.0, "lat": 0}},
        ],
        "settings": {"holdMinutes": 15, "postponedAt": "COMMIT"},
        "assetTypes": {"cargo-bike": {"steps": {"pausing": []}, "conditions": []}},
    }
    assert problems_of(document) == []


def test_a_profile_may_be_empty() -> None:
    assert problems_of({}) == []


def test_endless_nesting_is_one_problem() -> None:
    document: Any = {}
    for _ in range(5000):
        document = {"steps": document}
    (problem,) = problems_of(document)
    assert "nested deeper" in problem.sentence


def test_text_is_read_as_plain_text_and_html_loses_what_is_dangerous() -> None:
    document = {
        "steps": {
            "planning": [{"type": "TEXT", "text": "a < b"}, {"type": "HTML", "text": {"en": '<b onclick="x()">Hi</b>'}}]
        },
        "assetTypes": {"t": {"steps": {"pausing": [{"type": "HTML", "text": "<p>a</p><script>x()</script>"}]}}},
    }
    kept = normalise(document)
    assert kept["steps"]["planning"] == [
        {"type": "PLAIN_TEXT", "text": "a < b"},
        {"type": "HTML", "text": {"en": "<b>Hi</b>"}},
    ]
    assert kept["assetTypes"]["t"]["steps"]["pausing"][0]["text"] == "<p>a</p>"
    assert document["steps"]["planning"][0]["type"] == "TEXT"  # type: ignore[index]


@pytest.mark.parametrize("name", ["LOCK_UNLOCK_REMOTELY", "AUTO_UNLOCK"])
def test_where_locks_can_be_worked_nothing_is_said_of_gateways(name: str) -> None:
    document = {"processIdentifiers": {"tripExecution": [name]}}
    for has, told in [(False, True), (True, False)]:
        fleet = replace(FLEET, has_lock_gateway=has)
        problems = check(document, languages=["en", "nl"], fleet=fleet)
        assert any("lock gateway" in problem.sentence for problem in problems) == told


@pytest.mark.parametrize(
    ("name", "without", "told"),
    [
        ("ACCESS_TICKETSTOCK", {"city-bike", "cargo-bike"}, ["no tickets are in stock of cargo-bike, city-bike"]),
        ("ACCESS_TICKETSTOCK", {"city-bike"}, ["no tickets are in stock of city-bike"]),
        ("ACCESS_TICKETSTOCK", set(), []),
        ("NORMAL", {"city-bike"}, []),
    ],
)
def test_where_access_is_by_tickets_asset_types_without_any_are_named(name: str, without: set[str], told: Any) -> None:
    problems = check(booking(name), languages=["en", "nl"], fleet=replace(FLEET, without_tickets=without))
    about = [problem for problem in problems if "tickets" in problem.sentence]
    assert [problem.sentence.removeprefix("ACCESS_TICKETSTOCK: ").split(", so")[0] for problem in about] == told
    assert errors_in(about) == []
