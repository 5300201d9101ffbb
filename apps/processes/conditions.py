"""Conditions: what an MP accepts together with an offer. From the profile's document to the wire.

Source: TOMP 1.6.1 `condition` and its kinds; PROCESS-IDENTIFIERS, payment and POSTPONED_COMMIT.
"""

from datetime import datetime, timedelta
from typing import Any

from apps.processes.selectors import Profile
from apps.processes.steps import OVERRIDING_CONDITIONS, overridden_steps, steps_on_the_wire

POSTPONED = "conditionPostponedCommit"
# TOMP `scenario`, by the condition that brings it.
SCENARIOS = {
    POSTPONED: "POSTPONED_COMMIT",
    "conditionDeposit": "DEPOSIT",
    "conditionPayWhenFinished": "PAY_WHEN_FINISHED",
    "conditionRequireBookingData": "REQUIRE_BOOKING_DATA",
    "conditionReturnArea": "RETURN_AREA",
    "conditionUpfrontPayment": "UPFRONT_PAYMENT",
}
# TOMP `requiredFields` of conditionRequireBookingData.
BOOKING_DATA = (
    "FROM_ADDRESS",
    "TO_ADDRESS",
    "BIRTHDATE",
    "EMAIL",
    "FIRST_NAME",
    "LAST_NAME",
    "MIDDLE_NAME",
    "PREFIX",
    "POSTFIX",
    "NAME",
    "AGE",
    "PERSONAL_ADDRESS",
    "PHONE_NUMBERS",
    "KNOWN_IDENTIFIER",
    "KNOWN_IDENTIFIER_PROVIDER",
    "LICENSES",
    "BANK_CARDS",
    "DISCOUNT_CARDS",
    "TRAVEL_CARDS",
    "ID_CARDS",
    "CREDIT_CARDS",
    "BLOCKCHAIN_CLAIMS",
)
CLAIMS = "BLOCKCHAIN_CLAIMS"
# Conditions that say nothing beyond what the process identifier already says.
IMPLIED = {
    "POSTPONED_COMMIT": POSTPONED,
    "PAY_WHEN_FINISHED": "conditionPayWhenFinished",
    "UPFRONT_PAYMENT": "conditionUpfrontPayment",
}


def agreed_conditions(profile: Profile, asset_type_id: str | None) -> list[dict[str, Any]]:
    """The conditions for one asset type as the document holds them, and those its identifiers imply.

    An asset type's own replace the profile's of the same type. `None` asks for the profile's own.
    """
    own: list[dict[str, Any]] = profile.document.get("assetTypes", {}).get(asset_type_id, {}).get("conditions", [])
    replaced = {condition["conditionType"] for condition in own}
    general = profile.document.get("conditions", [])
    written = [*(one for one in general if one["conditionType"] not in replaced), *own]
    present = {condition["conditionType"] for condition in written}
    implied = [
        {"conditionType": kind}
        for identifier, kind in IMPLIED.items()
        if profile.has(identifier) and kind not in present
    ]
    return [*written, *implied]


def conditions_for(profile: Profile, asset_type_id: str, now: datetime, language: str) -> list[dict[str, Any]]:
    """TOMP conditions for an offer of this asset type made at `now`, texts in `language`.

    A postponed commit's answer is due `responseMinutes` from `now` (the setting `postponedResponseMinutes`
    where the condition names none). Phases in which the asset type has steps of its own are conditions too.
    """
    conditions = [_on_the_wire(one, profile, now) for one in agreed_conditions(profile, asset_type_id)]
    own_steps = overridden_steps(profile, asset_type_id)
    return conditions + [
        {"conditionType": kind, "steps": steps_on_the_wire(own_steps[phase], language)}
        for phase, kind in OVERRIDING_CONDITIONS.items()
        if phase in own_steps
    ]


def _on_the_wire(condition: dict[str, Any], profile: Profile, now: datetime) -> dict[str, Any]:
    if condition["conditionType"] != POSTPONED:
        return dict(condition)
    fields = {name: value for name, value in condition.items() if name != "responseMinutes"}
    minutes = condition.get("responseMinutes", profile.setting("postponedResponseMinutes"))
    return {**fields, "ultimateResponseTime": (now + timedelta(minutes=minutes)).isoformat()}


def scenarios(profile: Profile) -> list[str]:
    """TOMP scenarios: one for each kind of condition that the profile or one of its asset types has."""
    kinds = {
        condition["conditionType"]
        for type_id in (None, *profile.document.get("assetTypes", {}))
        for condition in agreed_conditions(profile, type_id)
    }
    return [scenario for kind, scenario in SCENARIOS.items() if kind in kinds]
