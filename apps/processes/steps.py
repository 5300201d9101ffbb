"""Process steps: what an app shows and sends in each phase, and in which order.

Source: seed process-steps; TOMP 1.6.1 `planningStep`, `bookingStep`, `onBoardingStep`, `offBoardingStep`,
`pausingStep`, `resumingStep`, `information`.
"""

from enum import StrEnum
from typing import Any

from apps.processes.selectors import Profile
from apps.processes.texts import localised


class Phase(StrEnum):
    """The keys of `steps` in `/operator/meta`."""

    PLANNING = "planning"
    BOOKING = "booking"
    ONBOARDING = "onboarding"
    OFFBOARDING = "offboarding"
    PAUSING = "pausing"
    RESUMING = "resuming"


ACTIONS: dict[Phase, tuple[str, ...]] = {
    Phase.PLANNING: ("RESULT_SHOWN", "SHOW_TERMS_CONDITIONS"),
    Phase.BOOKING: (
        "PENDING",
        "WAITING_FOR_PAYMENT",
        "CONFIRMED",
        "CONDITIONAL_CONFIRMED",
        "CANCELLED",
        "EXPIRED",
    ),
    Phase.ONBOARDING: (
        "SEND_PREPARE",
        "UNLOCK_LOCKER",
        "DISCONNECT_CHARGER",
        "SHOW_DAMAGES",
        "UNLOCK_ASSET",
        "START_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "TAKE_HELMET",
        "SEND_SET_IN_USE",
        "SEND_ASSIGN_ASSET",
        "LOCK_LOCKER",
    ),
    Phase.OFFBOARDING: (
        "SEND_START_FINISHING",
        "PARK_ASSIST",
        "UNLOCK_LOCKER",
        "CONNECT_CHARGER",
        "LOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "STOW_HELMET",
        "LOCK_TRUNK",
        "LOCK_LOCKER",
        "SEND_FINISH",
        "SEND_EVIDENCE_PARKED",
        "SEND_EVIDENCE_HELMET",
        "SEND_EVIDENCE_CHARGER",
    ),
    Phase.PAUSING: (
        "SEND_PAUSE",
        "PARK_ASSIST",
        "LOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "STOW_HELMET",
        "LOCK_TRUNK",
    ),
    Phase.RESUMING: (
        "UNLOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "TAKE_HELMET",
        "LOCK_TRUNK",
        "START_ASSET",
        "SEND_SET_IN_USE",
    ),
}
STEP_TYPES = ("URL", "IMAGE", "PLAIN_TEXT", "HTML")
LINKED_TYPES = ("URL", "IMAGE")
GOALS = ("INSTRUCTIONS", "SALES", "TERMS_CONDITIONS")
EVIDENCE = ("SEND_EVIDENCE_PARKED", "SEND_EVIDENCE_HELMET", "SEND_EVIDENCE_CHARGER")

# The phases an asset type can have its own steps in, and the condition that carries them to the MP.
OVERRIDING_CONDITIONS = {
    Phase.ONBOARDING: "conditionRequireOnboardingSteps",
    Phase.OFFBOARDING: "conditionRequireOffboardingSteps",
    Phase.PAUSING: "conditionRequirePausingSteps",
    Phase.RESUMING: "conditionRequireResumingSteps",
}


def overridden_steps(profile: Profile, asset_type_id: str) -> dict[str, list[dict[str, Any]]]:
    """The phases in which this asset type has steps of its own, as the profile's document holds them."""
    overrides: dict[str, list[dict[str, Any]]] = (
        profile.document.get("assetTypes", {}).get(asset_type_id, {}).get("steps", {})
    )
    return overrides


def steps_for(profile: Profile, asset_type_id: str | None, phase: str) -> list[dict[str, Any]]:
    """The steps of a phase, in their order, for one asset type: its own where it has some, else the profile's.

    Texts are as the document holds them; `apps.processes.texts.localised` makes them ready for the wire.
    `None` asks for the profile's own.
    """
    own = overridden_steps(profile, asset_type_id) if asset_type_id is not None else {}
    steps: list[dict[str, Any]] = own.get(phase, profile.document.get("steps", {}).get(phase, []))
    return steps


def actions_of(profile: Profile, asset_type_id: str | None, phase: str) -> list[str]:
    """The actions of a phase, in their order. SEND_… ones are what an event is demanded for."""
    return [step["action"] for step in steps_for(profile, asset_type_id, phase) if "action" in step]


def shows_damages(profile: Profile, asset_type_id: str | None) -> bool:
    """Are travellers shown what is damaged on an asset before they ride it? Source: `onBoardingStep`, SHOW_DAMAGES."""
    return "SHOW_DAMAGES" in actions_of(profile, asset_type_id, Phase.ONBOARDING)


def required_evidence(profile: Profile, asset_type_id: str | None) -> list[str]:
    """The SEND_EVIDENCE_… actions of off-boarding: FINISH needs a `url` for each, in this order."""
    return [action for action in actions_of(profile, asset_type_id, Phase.OFFBOARDING) if action in EVIDENCE]


def steps_on_the_wire(steps: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """TOMP's step objects, texts in `language`."""
    return [localised(step, language) for step in steps]
