"""Process identifiers of the module booking."""

from apps.processes.identifiers.base import Identifier
from apps.processes.identifiers.planning import PLANNING_CALLS

ONE_STOP, EVENTS = "bookings.one-stop", "bookings.events"
BOOKING_CALLS = ("bookings.create", ONE_STOP)
# Booking, commit and start of the ride in one call; the second is the older name of the first.
ATOMIC_BOOKING = ("ATOMIC_BOOKING_SET_IN_USE", "ATOMIC_BOOKING_UNLOCKING")
# The calls whose answers can carry access data: which of them do, ACCESS_CODE_IN_… says.
ACCESS_CALLS = (*PLANNING_CALLS, *BOOKING_CALLS, EVENTS, "legs.events", "GET /legs/{id}", "GET /bookings/{id}")


def _format(name: str, what: str) -> Identifier:
    return Identifier(
        f"ACCESS_CODE_{name}", "D", f"The MP can show or use {what} as access data.", served_by=ACCESS_CALLS
    )


def _place(name: str, where: str, *operations: str) -> Identifier:
    return Identifier(f"ACCESS_CODE_IN_{name}", "D", f"Access data comes with {where}.", served_by=operations)


BOOKING = (
    Identifier(
        "POSTPONED_COMMIT",
        "FN",
        "A booking is confirmed on condition first; staff commit or deny it in time, and the MP is told.",
        since="2.0",
        excludes=frozenset({*ATOMIC_BOOKING, "PICK_UP_THE_BILL"}),
        served_by=(*BOOKING_CALLS, EVENTS),
    ),
    Identifier(
        "ONE_STOP",
        "F",
        "A booking can be made without an offer, with ids that the MP knows from GBFS or another feed.",
        since="1.4",
        served_by=(ONE_STOP,),
    ),
    Identifier(
        "NORMAL",
        "F",
        "Offers are asked for, one is booked, and the booking is committed. Assumed where nothing else is on.",
        since="1.4",
        served_by=(*BOOKING_CALLS, EVENTS),
    ),
    _format("QR", "a QR code"),
    _format("PDF", "a PDF document"),
    _format("TOKEN", "a token"),
    _format("DEEPLINK", "a link into an app"),
    _format("AZTEC", "an Aztec code"),
    _format("AXA_EKEY_OTP", "a one-time AXA eKey"),
    _format("PHYSICAL_KEY", "a description of where the key is"),
    _format("BARCODE", "a barcode"),
    _format("HTML", "an HTML page"),
    Identifier(
        "ACCESS_TICKETSTOCK",
        "D",
        "Access codes are taken from a stock of tickets, each given out once.",
        served_by=ACCESS_CALLS,
    ),
    Identifier("ACCESS_CODE_BY_TO", "I", "Access codes are made by us, as they are without it."),
    Identifier(
        "ACCESS_CODE_BY_MP",
        "X",
        "Access codes would be made by the MP.",
        unsupported="TOMP itself does not support access codes made by the MP yet.",
    ),
    _place("BOOKING", "the answer to POST /bookings", *BOOKING_CALLS),
    _place("COMMIT_EVENT", "the answer to COMMIT", EVENTS),
    _place("PREPARE_EVENT", "the answer to PREPARE", "legs.events"),
    _place("ASSIGN_ASSET_EVENT", "the answer to ASSIGN_ASSET", "legs.events"),
    _place("GET_LEG", "GET /legs/{id}", "GET /legs/{id}"),
    _place("GET_BOOKING", "GET /bookings/{id}", "GET /bookings/{id}"),
    Identifier(
        "ALLOW_EXTEND_BOOKING_EXPIRY_TIME",
        "F",
        "The MP may ask for more time before a pending booking expires, within the profile's bounds.",
        since="1.5",
        served_by=(EVENTS,),
    ),
    Identifier(
        "PICK_UP_THE_BILL",
        "RF",
        "Everything is done here except paying: a parked car's licence plate is booked, and the bill returned.",
        since="1.5",
        excludes=frozenset({*ATOMIC_BOOKING, "TO_CONTROLLED"}),
        served_by=(*PLANNING_CALLS, "bookings.create"),
    ),
    Identifier(
        "ATOMIC_BOOKING_SET_IN_USE",
        "F",
        "Booking, commit and start of the ride are one call.",
        excludes=frozenset({"TO_CONTROLLED"}),
        served_by=BOOKING_CALLS,
    ),
    Identifier(
        "AUTO_COMMIT",
        "F",
        "A booking is confirmed as it is made; no COMMIT follows.",
        served_by=BOOKING_CALLS,
    ),
    Identifier(
        "ATOMIC_BOOKING_UNLOCKING",
        "X",
        "Booking, commit and unlocking are one call.",
        instead="ATOMIC_BOOKING_SET_IN_USE",
        excludes=frozenset({"TO_CONTROLLED"}),
        served_by=BOOKING_CALLS,
    ),
)
