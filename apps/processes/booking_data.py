"""What a booking must tell of its customer where the process says so.

Source: TOMP 1.6.1 `conditionRequireBookingData`, `bookingRequest`, `customer`, `card`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.processes.requirements import is_given, value_at

Request = Mapping[str, Any]


def _field(path: str) -> Callable[[Request], str | None]:
    return lambda request: None if is_given(value_at(request, path)) else path


def _card(*kinds: str) -> Callable[[Request], str | None]:
    def missing(request: Request) -> str | None:
        cards = value_at(request, "customer.cards")
        held = [value_at(card, "type") for card in cards] if isinstance(cards, list) else []
        return None if any(kind in held for kind in kinds) else f"customer.cards of type {' or '.join(kinds)}"

    return missing


# TOMP `requiredFields`, and which field of the booking request each of them is.
REQUIRED_FIELDS: dict[str, Callable[[Request], str | None]] = {
    "FROM_ADDRESS": _field("from.physicalAddress"),
    "TO_ADDRESS": _field("to.physicalAddress"),
    "BIRTHDATE": _field("customer.birthDate"),
    "EMAIL": _field("customer.email"),
    "FIRST_NAME": _field("customer.firstName"),
    "LAST_NAME": _field("customer.lastName"),
    "MIDDLE_NAME": _field("customer.middleName"),
    "PREFIX": _field("customer.prefix"),
    "POSTFIX": _field("customer.postfix"),
    "NAME": _field("customer.lastName"),
    "AGE": _field("customer.age"),
    "PERSONAL_ADDRESS": _field("customer.address"),
    "PHONE_NUMBERS": _field("customer.phones"),
    "KNOWN_IDENTIFIER": _field("customer.knownIdentifier"),
    "KNOWN_IDENTIFIER_PROVIDER": _field("customer.knownIdentifierProvider"),
    "LICENSES": _field("customer.licenses"),
    "BANK_CARDS": _card("BANK"),
    "DISCOUNT_CARDS": _card("DISCOUNT"),
    "TRAVEL_CARDS": _card("TRAVEL"),
    "ID_CARDS": _card("ID", "PASSPORT"),
    "CREDIT_CARDS": _card("CREDIT"),
    "BLOCKCHAIN_CLAIMS": _field("customer.extraInfo"),
}
CLAIMS = "BLOCKCHAIN_CLAIMS"


def missing_booking_data(conditions: Iterable[Mapping[str, Any]], request: Request) -> list[str]:
    """The fields of a booking request (its TOMP JSON) that its conditions require and that are not there.

    `conditions` are those of the offer. Claims are agreed on bilaterally: each is a member of
    `customer.extraInfo`.
    """
    missing: dict[str, None] = {}
    for condition in conditions:
        if condition.get("conditionType") != "conditionRequireBookingData":
            continue
        for name in condition["requiredFields"]:
            field = REQUIRED_FIELDS[name](request)
            if field is not None:
                missing[field] = None
        claims = condition.get("claims", []) if CLAIMS in condition["requiredFields"] else []
        given = value_at(request, "customer.extraInfo")
        missing |= {
            f"customer.extraInfo.{claim}": None
            for claim in claims
            if not isinstance(given, Mapping) or not is_given(given.get(claim))
        }
    return list(missing)
