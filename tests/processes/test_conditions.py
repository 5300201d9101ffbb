"""Steps and conditions as offers carry them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.bookings.required_data import REQUIRED
from apps.processes.conditions import BOOKING_DATA, conditions_for
from apps.processes.selectors import Profile
from apps.processes.steps import required_evidence, steps_for
from apps.processes.texts import localise

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
DEPOSIT = {"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}
PARKED = {"type": "PLAIN_TEXT", "text": {"en": "Picture", "nl": "Foto"}, "action": "SEND_EVIDENCE_PARKED"}
HELMET = {"type": "PLAIN_TEXT", "text": "Helmet", "action": "SEND_EVIDENCE_HELMET"}


def process(*identifiers: str, **document: Any) -> Profile:
    return Profile(version_id=1, number=1, identifiers=frozenset(identifiers), document=document)


def test_an_asset_types_condition_replaces_the_profiles_of_its_kind() -> None:
    dearer = {**DEPOSIT, "amount": 100}
    profile = process(
        conditions=[DEPOSIT, {"conditionType": "conditionPayWhenFinished"}],
        assetTypes={"cargo": {"conditions": [dearer]}},
    )
    assert conditions_for(profile, "bike", NOW, "en") == profile.document["conditions"]
    assert conditions_for(profile, "cargo", NOW, "en") == [{"conditionType": "conditionPayWhenFinished"}, dearer]


def test_a_postponed_commit_says_until_when_we_answer() -> None:
    named = process(conditions=[{"conditionType": "conditionPostponedCommit", "responseMinutes": 20}])
    implied = process("POSTPONED_COMMIT", settings={"postponedResponseMinutes": 45})
    for profile, due in ((named, "2026-07-01T10:20:00+00:00"), (implied, "2026-07-01T10:45:00+00:00")):
        assert conditions_for(profile, "bike", NOW, "en") == [
            {"conditionType": "conditionPostponedCommit", "ultimateResponseTime": due}
        ]


def test_payment_identifiers_bring_their_conditions() -> None:
    profile = process("PAY_WHEN_FINISHED", "DEPOSIT", conditions=[DEPOSIT])
    assert [one["conditionType"] for one in conditions_for(profile, "bike", NOW, "en")] == [
        "conditionDeposit",
        "conditionPayWhenFinished",
    ]


def test_an_asset_types_own_steps_are_a_condition_in_the_travellers_language() -> None:
    profile = process(
        steps={"offboarding": [PARKED]},
        assetTypes={"cargo": {"steps": {"offboarding": [PARKED, HELMET], "pausing": []}}},
    )
    assert conditions_for(profile, "bike", NOW, "nl") == []
    assert conditions_for(profile, "cargo", NOW, "nl") == [
        {"conditionType": "conditionRequireOffboardingSteps", "steps": [{**PARKED, "text": "Foto"}, HELMET]},
        {"conditionType": "conditionRequirePausingSteps", "steps": []},
    ]


def test_steps_and_evidence_are_the_asset_types_own_where_it_has_some() -> None:
    profile = process(
        steps={"offboarding": [PARKED]},
        assetTypes={"cargo": {"steps": {"offboarding": [HELMET]}}, "lent": {"steps": {"offboarding": []}}},
    )
    assert steps_for(profile, "bike", "offboarding") == [PARKED]
    assert required_evidence(profile, "bike") == ["SEND_EVIDENCE_PARKED"]
    assert required_evidence(profile, "cargo") == ["SEND_EVIDENCE_HELMET"]
    assert required_evidence(profile, "lent") == []


@pytest.mark.parametrize(
    ("language", "text"), [("nl", "Foto"), ("nl-BE", "Foto"), ("en", "Picture"), ("fr", "Picture")]
)
def test_a_text_comes_in_the_language_asked_for_or_the_nearest(language: str, text: str) -> None:
    assert localise({"en": "Picture", "nl": "Foto"}, language) == text
    assert localise("Photo", language) == "Photo"


def test_what_can_be_required_of_a_booking_is_what_bookings_know_to_check() -> None:
    assert set(BOOKING_DATA) == set(REQUIRED)
