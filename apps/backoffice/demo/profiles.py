"""The demo MPs' processes: each shows another way in which an MP can be served."""

from typing import Any

MODULES = ("operatorInformation", "planning", "booking", "tripExecution", "support", "payment", "general")


def _identifiers(**modules: list[str]) -> dict[str, list[str]]:
    return {module: modules.get(module, []) for module in MODULES}


def _step(action: str, en: str, nl: str) -> dict[str, Any]:
    return {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": {"en": en, "nl": nl}, "action": action}


_START_FINISHING = _step("SEND_START_FINISHING", "Tell us that you are about to park.", "Meld dat je gaat parkeren.")
_PARK = _step("PARK_ASSIST", "Park at a station, out of everybody's way.", "Parkeer bij een station, niet in de weg.")
_PICTURE = _step("SEND_EVIDENCE_PARKED", "Take a picture of where it stands.", "Maak een foto van hoe hij staat.")
_HELMET = _step("STOW_HELMET", "Put the helmet back into the case.", "Leg de helm terug in de koffer.")
_HELMET_PICTURE = _step("SEND_EVIDENCE_HELMET", "Take a picture of the helmet.", "Maak een foto van de helm.")
_FINISH = _step("SEND_FINISH", "End the ride.", "Beëindig de rit.")

# Source: seed micromobility-operator, "Map centric".
MAP_CENTRIC: dict[str, Any] = {
    "processIdentifiers": _identifiers(planning=["ASSET_BASED", "EXACT_ID"], booking=["NORMAL"]),
    "steps": {},
    "conditions": [],
    "settings": {},
}
# Source: seed micromobility-operator, "upfront-booking".
STATION_BASED: dict[str, Any] = {
    "processIdentifiers": _identifiers(
        operatorInformation=["AVAILABILITY_STATION_MANDATORY", "AVAILABILITY_REGION_MANDATORY"],
        planning=["PLANNING_BASED", "SPECIFIC_LOCATION_BASED", "MANDATORY_FROM_STATION_ID"],
        booking=[
            "NORMAL",
            "ACCESS_CODE_DEEPLINK",
            "ACCESS_CODE_IN_ASSIGN_ASSET_EVENT",
            "ALLOW_EXTEND_BOOKING_EXPIRY_TIME",
        ],
    ),
    "steps": {
        "booking": [_step("PENDING", "We keep a place for you.", "We houden een plek voor je vrij.")],
        "onboarding": [
            _step("SEND_PREPARE", "Tell us that you are there.", "Meld dat je er bent."),
            _step("SEND_ASSIGN_ASSET", "Scan the code of the one you take.", "Scan de code van degene die je neemt."),
            _step("UNLOCK_ASSET", "Open the lock with the link.", "Open het slot met de link."),
            _step("SEND_SET_IN_USE", "Begin the ride.", "Begin de rit."),
        ],
        "offboarding": [_START_FINISHING, _PARK, _PICTURE, _FINISH],
    },
    "conditions": [{"conditionType": "conditionRequireBookingData", "requiredFields": ["EMAIL"]}],
    "settings": {"holdMinutes": 15, "extendMaxTimes": 2},
    "assetTypes": {
        "e-scooter": {"steps": {"offboarding": [_START_FINISHING, _PARK, _PICTURE, _HELMET, _HELMET_PICTURE, _FINISH]}}
    },
}
# Source: seed process-identifiers, POSTPONED_COMMIT.
POSTPONED_COMMIT: dict[str, Any] = {
    "processIdentifiers": _identifiers(
        planning=["PLANNING_BASED", "MANDATORY_DEPARTURE_TIME"], booking=["POSTPONED_COMMIT"], payment=["DEPOSIT"]
    ),
    "steps": {
        "booking": [
            _step("CONDITIONAL_CONFIRMED", "We are looking for one for you.", "We zoeken er een voor je."),
            _step("CONFIRMED", "It is yours.", "Hij is van jou."),
        ]
    },
    "conditions": [
        {"conditionType": "conditionPostponedCommit", "responseMinutes": 20},
        {"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"},
    ],
    "settings": {"assignMinutes": 30},
}
# Source: seed micromobility-operator, "I want an asset now"; seed process-identifiers, LOCK_UNLOCK_REMOTELY.
ASSET_NOW: dict[str, Any] = {
    "processIdentifiers": _identifiers(
        planning=["MANDATORY_RADIUS"], booking=["NORMAL"], tripExecution=["LOCK_UNLOCK_REMOTELY"]
    ),
    "steps": {},
    "conditions": [],
    "settings": {},
}
# Source: seed micromobility-operator, "I'm in front of an asset".
IN_FRONT: dict[str, Any] = {
    "processIdentifiers": _identifiers(
        planning=["ASSET_BASED", "QR_SCAN", "BLUETOOTH_SCAN", "NFC_SCAN", "MANUAL_ENTRY"],
        booking=[
            "NORMAL",
            "ACCESS_CODE_AXA_EKEY_OTP",
            "ACCESS_CODE_QR",
            "ACCESS_CODE_HTML",
            "ACCESS_CODE_PHYSICAL_KEY",
            "ACCESS_CODE_IN_PREPARE_EVENT",
            "ACCESS_CODE_IN_GET_LEG",
        ],
    ),
    "steps": {},
    "conditions": [],
    "settings": {},
}
# Source: seed process-identifiers, ONE_STOP.
ONE_STOP: dict[str, Any] = {
    "processIdentifiers": _identifiers(planning=["ASSET_BASED", "EXACT_ID"], booking=["ONE_STOP", "AUTO_COMMIT"]),
    "steps": {},
    "conditions": [],
    "settings": {},
}
# Source: seed process-identifiers, ATOMIC_BOOKING_SET_IN_USE.
ATOMIC: dict[str, Any] = {
    "processIdentifiers": _identifiers(
        planning=["ASSET_BASED", "QR_SCAN"], booking=["NORMAL", "ATOMIC_BOOKING_SET_IN_USE"]
    ),
    "steps": {},
    "conditions": [],
    "settings": {},
}
# Source: seed process-identifiers, PICK_UP_THE_BILL.
PICK_UP_THE_BILL: dict[str, Any] = {
    "processIdentifiers": _identifiers(booking=["NORMAL", "PICK_UP_THE_BILL"]),
    "steps": {},
    "conditions": [],
    "settings": {},
}
