"""A profile's document may come from anyone: whatever it is, the answer is a list of problems."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apps.processes.checks import errors_in
from apps.processes.document import normalise
from tests.processes.test_checks import HOURS, RING, problems_of

WORDS = st.sampled_from(
    ["processIdentifiers", "planning", "steps", "offboarding", "conditions", "conditionType", "conditionReturnArea",
     "conditionDeposit", "conditionRequireBookingData", "requiredFields", "amount", "returnArea", "type", "Polygon",
     "coordinates", "returnHours", "days", "settings", "holdMinutes", "assetTypes", "city-bike", "text", "HTML", "URL",
     "url", "http://[", "action", "SEND_FINISH", "goal", "ASSET_BASED", "booking", "en"]
)  # fmt: skip
ANY_TEXT = WORDS | st.text(st.characters(codec=None), max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=25,
)


COMPLETE: dict[str, Any] = {
    "processIdentifiers": {
        "planning": ["ASSET_BASED", "QR_SCAN"],
        "booking": ["ACCESS_CODE_QR"],
        "payment": ["DEPOSIT"],
    },
    "steps": {
        "planning": [
            {"type": "URL", "url": {"en": "https://a.example", "nl": "https://b.example"}, "action": "RESULT_SHOWN"}
        ],
        "offboarding": [{"type": "HTML", "goal": "SALES", "text": {"en": "a", "nl": "b"}, "action": "SEND_FINISH"}],
    },
    "conditions": [
        {"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"},
        {"conditionType": "conditionRequireBookingData", "requiredFields": ["BLOCKCHAIN_CLAIMS"], "claims": ["x"]},
        {
            "conditionType": "conditionReturnArea",
            "returnArea": {"type": "Polygon", "coordinates": [RING]},
            "coordinates": {"lng": 5, "lat": 52},
            "returnHours": [HOURS],
        },
    ],
    "settings": {"holdMinutes": 15, "postponedAt": "COMMIT"},
    "assetTypes": {"cargo-bike": {"steps": {"pausing": []}, "conditions": []}},
}


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, item in members for inner in places_in(item, (*path, key)))]


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the document with something else at `path`."""
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = replaced(document[path[0]], path[1:], value)
    return copy


@given(st.sampled_from(places_in(COMPLETE)), JSON)
def test_anything_anywhere_in_a_good_profile_is_answered_with_a_list_of_problems(path: Any, value: Any) -> None:
    assert errors_in(problems_of(COMPLETE)) == []
    assert isinstance(problems_of(replaced(COMPLETE, path, value)), list)


@given(JSON)
def test_whatever_comes_is_answered_with_a_list_of_problems(document: Any) -> None:
    problems = problems_of(document)
    assert all(str(problem).encode() for problem in problems)
    if not errors_in(problems):
        json.dumps(normalise(document), allow_nan=False).encode()
