"""What stands in different parts of a profile, and cannot hold together: conditions, identifiers, settings, steps."""

from typing import Any

import pytest

from apps.processes.checks import errors_in
from tests.processes.test_checks import FLEET, booking, condition, problems_of, steps

# what is wrong: (document, where it is told, what the sentence says)
ERRORS: dict[str, tuple[Any, str, str]] = {
    "contradiction": (
        {"conditions": [{"conditionType": "conditionPayWhenFinished"}, {"conditionType": "conditionUpfrontPayment"}]},
        "conditions",
        "not both",
    ),
    "contradiction with an identifier": (
        {**condition("conditionUpfrontPayment"), "processIdentifiers": {"payment": ["PAY_WHEN_FINISHED"]}},
        "conditions",
        "not both",
    ),
    "contradiction of an asset type": (
        {
            **condition("conditionUpfrontPayment"),
            "assetTypes": {"cargo-bike": condition("conditionPayWhenFinished")},
        },
        "assetTypes.cargo-bike.conditions",
        "not both",
    ),
    "deposit without amount": (
        {"processIdentifiers": {"payment": ["DEPOSIT"]}},
        "processIdentifiers.payment[0]",
        "needs a conditionDeposit",
    ),
    "deposit without amount for a type": (
        {
            "processIdentifiers": {"payment": ["DEPOSIT"]},
            "assetTypes": {"cargo-bike": condition("conditionDeposit", amount=50, currencyCode="EUR")},
        },
        "processIdentifiers.payment[0]",
        "city-bike would have none",
    ),
    "answer after the offer": (
        {**booking("POSTPONED_COMMIT"), "settings": {"offerMinutes": 30, "postponedResponseMinutes": 30}},
        "settings.postponedResponseMinutes",
        "30 minutes to answer are over",
    ),
    "answer after the hold": (
        {
            **booking("POSTPONED_COMMIT"),
            **condition("conditionPostponedCommit", responseMinutes=15),
            "settings": {"postponedAt": "COMMIT"},
        },
        "conditions",
        "has taken its 15 (offerMinutes and holdMinutes)",
    ),
    "answer after the extension": (
        {
            **booking("POSTPONED_COMMIT", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME"),
            "settings": {"postponedAt": "COMMIT", "postponedResponseMinutes": 45},
        },
        "settings.postponedResponseMinutes",
        "has taken its 45",
    ),
    "prepare that cannot come": (
        {**steps("onboarding", "SEND_PREPARE"), **booking("ATOMIC_BOOKING_SET_IN_USE")},
        "steps.onboarding[0].action",
        "ATOMIC_BOOKING_SET_IN_USE is on",
    ),
    "prepare that cannot come by the alias": (
        {**booking("ATOMIC_BOOKING_UNLOCKING"), "assetTypes": {"city-bike": steps("onboarding", "SEND_PREPARE")}},
        "assetTypes.city-bike.steps.onboarding[0].action",
        "ATOMIC_BOOKING_UNLOCKING is on",
    ),
    "assignment that comes too late": (
        {**steps("onboarding", "SEND_ASSIGN_ASSET"), **booking("ATOMIC_BOOKING_UNLOCKING")},
        "steps.onboarding[0].action",
        "too late",
    ),
}
WARNINGS: dict[str, tuple[Any, str, str]] = {
    "later and at once": (
        {"processIdentifiers": {"planning": ["PLANNING_BASED"], "booking": ["ATOMIC_BOOKING_SET_IN_USE"]}},
        "processIdentifiers.booking[0]",
        "starts at once",
    ),
    "postponed condition alone": (condition("conditionPostponedCommit"), "conditions", "without POSTPONED_COMMIT"),
}


@pytest.mark.parametrize("wrong", ERRORS)
def test_what_cannot_hold_together_is_told_where_it_is(wrong: str) -> None:
    document, where, says = ERRORS[wrong]
    told = errors_in(problems_of(document))
    assert any(problem.where == where and says in problem.sentence for problem in told), told


@pytest.mark.parametrize("doubtful", WARNINGS)
def test_what_is_doubtful_keeps_nothing_from_being_published(doubtful: str) -> None:
    document, where, says = WARNINGS[doubtful]
    problems = problems_of(document)
    assert errors_in(problems) == []
    assert any(problem.where == where and says in problem.sentence for problem in problems), problems


@pytest.mark.parametrize(
    "document",
    [
        {
            "processIdentifiers": {"payment": ["DEPOSIT"]},
            "assetTypes": {
                name: condition("conditionDeposit", amount=50, currencyCode="EUR") for name in FLEET.asset_types
            },
        },
        {
            **steps("onboarding", "SEND_ASSIGN_ASSET"),
            "processIdentifiers": {
                "planning": ["ASSET_BASED", "EXACT_ID"],
                "booking": ["ATOMIC_BOOKING_SET_IN_USE"],
            },
        },
        {
            **booking("POSTPONED_COMMIT", "AUTO_COMMIT"),
            "settings": {"postponedAt": "COMMIT", "postponedResponseMinutes": 6},
        },
    ],
    ids=["a deposit for each asset type", "an asset is named", "no wait for a commit"],
)
def test_what_can_work_is_no_error(document: Any) -> None:
    assert errors_in(problems_of(document)) == []
