"""`conditionRequireBookingData`: what a booking must tell of its customer and its places.

Source: TOMP 1.6.1 conditionRequireBookingData.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.tomp.errors import Missing

Booking = Mapping[str, Any]


def _customer(*fields: str) -> Callable[[Booking], bool]:
    return lambda booking: all(booking.get("customer", {}).get(field) for field in fields)


def _cards(kind: str) -> Callable[[Booking], bool]:
    return lambda booking: any(card.get("type") == kind for card in booking.get("customer", {}).get("cards", []))


# Each required field: where it stands in a `bookingRequest`, and whether it is there.
REQUIRED: dict[str, tuple[str, Callable[[Booking], bool]]] = {
    "FROM_ADDRESS": ("from.physicalAddress", lambda booking: bool(booking.get("from", {}).get("physicalAddress"))),
    "TO_ADDRESS": ("to.physicalAddress", lambda booking: bool(booking.get("to", {}).get("physicalAddress"))),
    "BIRTHDATE": ("customer.birthDate", _customer("birthDate")),
    "EMAIL": ("customer.email", _customer("email")),
    "FIRST_NAME": ("customer.firstName", _customer("firstName")),
    "LAST_NAME": ("customer.lastName", _customer("lastName")),
    "MIDDLE_NAME": ("customer.middleName", _customer("middleName")),
    "PREFIX": ("customer.prefix", _customer("prefix")),
    "POSTFIX": ("customer.postfix", _customer("postfix")),
    "NAME": ("customer.firstName and customer.lastName", _customer("firstName", "lastName")),
    "AGE": ("customer.age", lambda booking: booking.get("customer", {}).get("age") is not None),
    "PERSONAL_ADDRESS": ("customer.address", _customer("address")),
    "PHONE_NUMBERS": ("customer.phones", _customer("phones")),
    "KNOWN_IDENTIFIER": ("customer.knownIdentifier", _customer("knownIdentifier")),
    "KNOWN_IDENTIFIER_PROVIDER": ("customer.knownIdentifierProvider", _customer("knownIdentifierProvider")),
    "LICENSES": ("customer.licenses", _customer("licenses")),
    "BANK_CARDS": ("customer.cards of type BANK", _cards("BANK")),
    "DISCOUNT_CARDS": ("customer.cards of type DISCOUNT", _cards("DISCOUNT")),
    "TRAVEL_CARDS": ("customer.cards of type TRAVEL", _cards("TRAVEL")),
    "ID_CARDS": ("customer.cards of type ID", _cards("ID")),
    "CREDIT_CARDS": ("customer.cards of type CREDIT", _cards("CREDIT")),
    "BLOCKCHAIN_CLAIMS": ("customer.extraInfo.claims", lambda booking: bool(_claims(booking))),
}


def _claims(booking: Booking) -> Any:
    return booking.get("customer", {}).get("extraInfo", {}).get("claims")


def check_required_data(conditions: Iterable[Mapping[str, Any]], booking: Booking) -> None:
    """Raise `Missing`, naming every field that `conditions` require of `booking` and that is not there.

    `booking` is a TOMP `bookingRequest` without nulls.
    """
    wanted = [one for one in conditions if one["conditionType"] == "conditionRequireBookingData"]
    required = [field for condition in wanted for field in condition["requiredFields"]]
    missing = [REQUIRED[field][0] for field in dict.fromkeys(required) if not REQUIRED[field][1](booking)]
    claims = [claim for condition in wanted for claim in condition.get("claims", [])]
    missing += [f"the claim {claim}" for claim in dict.fromkeys(claims) if claim not in (_claims(booking) or [])]
    if missing:
        raise Missing(f"Required for this booking and missing: {', '.join(missing)}.")
