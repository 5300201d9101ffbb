"""What changed between two versions, in sentences."""

from typing import Any

import pytest

from apps.processes.diff import differences


def steps(*actions: str) -> dict[str, Any]:
    return {"steps": {"offboarding": [{"type": "PLAIN_TEXT", "text": "x", "action": action} for action in actions]}}


def deposit(**fields: Any) -> dict[str, Any]:
    return {"conditions": [{"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR", **fields}]}


AREA = {"conditionType": "conditionReturnArea", "stationId": "a"}


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ({}, {}, []),
        (
            {"processIdentifiers": {"planning": ["EXACT_ID"]}},
            {"processIdentifiers": {"planning": ["QR_SCAN"]}},
            ["planning: + QR_SCAN", "planning: − EXACT_ID"],
        ),
        (
            steps("SEND_START_FINISHING", "SEND_FINISH"),
            steps("SEND_START_FINISHING", "SEND_EVIDENCE_PARKED", "SEND_FINISH"),
            ["offboarding: step 2 SEND_EVIDENCE_PARKED added"],
        ),
        (steps("LOCK_ASSET"), steps(), ["offboarding: step 1 LOCK_ASSET removed"]),
        (
            steps("PARK_ASSIST", "LOCK_ASSET", "LOCK_LOCKER"),
            steps("LOCK_ASSET", "LOCK_LOCKER", "PARK_ASSIST"),
            ["offboarding: step PARK_ASSIST moved from 1 to 3"],
        ),
        (
            {"steps": {"pausing": [{"type": "PLAIN_TEXT", "text": "a", "action": "SEND_PAUSE"}]}},
            {"steps": {"pausing": [{"type": "HTML", "text": "b", "action": "SEND_PAUSE"}]}},
            ["pausing: step 1 SEND_PAUSE changed: text, type"],
        ),
        ({}, deposit(), ["conditions: conditionDeposit added"]),
        (deposit(), {}, ["conditions: conditionDeposit removed"]),
        (deposit(), deposit(amount=75), ["conditions: conditionDeposit: amount 50 → 75"]),
        (
            {"conditions": [AREA]},
            {"conditions": [AREA, {**AREA, "stationId": "b"}]},
            ["conditions: conditionReturnArea 2 added"],
        ),
        ({}, {"settings": {"holdMinutes": 15}}, ["settings: holdMinutes 10 → 15"]),
        ({}, {"settings": {"holdMinutes": 10}}, []),
        (
            {},
            {"assetTypes": {"cargo": {**steps("SEND_FINISH"), **deposit()}}},
            [
                "cargo, offboarding: has steps of its own",
                "cargo, offboarding: step 1 SEND_FINISH added",
                "cargo, conditions: conditionDeposit added",
            ],
        ),
        (
            {"assetTypes": {"cargo": {"steps": {"pausing": []}}}},
            {},
            ["cargo, pausing: has the profile's steps"],
        ),
    ],
)
def test_differences_are_sentences(old: dict[str, Any], new: dict[str, Any], sentences: list[str]) -> None:
    assert differences(old, new) == sentences
