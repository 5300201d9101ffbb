"""Process identifiers of the module booking."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.processes.identifiers.base import Identifier
from apps.processes.identifiers.planning import PLANNING_CALLS

ONE_STOP, EVENTS = "bookings.one-stop", "bookings.events"
BOOKING_CALLS = ("bookings.create", ONE_STOP)
# Booking, commit and start of the ride in one call; the second is the older name of the first.
ATOMIC_BOOKING = ("ATOMIC_BOOKING_SET_IN_USE", "ATOMIC_BOOKING_UNLOCKING")
# The calls whose answers can carry access data: which of them do, ACCESS_CODE_IN_… says.
ACCESS_CALLS = (*PLANNING_CALLS, *BOOKING_CALLS, EVENTS, "legs.events", "GET /legs/{id}", "GET /bookings/{id}")


def _format(name: str, what: Promise) -> Identifier:
    return Identifier(
        f"ACCESS_CODE_{name}",
        "D",
        format_lazy(_("The MP can show or use {what} as access data."), what=what),
        served_by=ACCESS_CALLS,
    )


def _place(name: str, where: str | Promise, *operations: str) -> Identifier:
    return Identifier(
        f"ACCESS_CODE_IN_{name}",
        "D",
        format_lazy(_("Access data comes with {where}."), where=where),
        served_by=operations,
    )


BOOKING = (
    Identifier(
        "POSTPONED_COMMIT",
        "FN",
        _("A booking is confirmed on condition first; staff commit or deny it in time, and the MP is told."),
        since="2.0",
        excludes=frozenset({*ATOMIC_BOOKING, "PICK_UP_THE_BILL"}),
        served_by=(*BOOKING_CALLS, EVENTS),
    ),
    Identifier(
        "ONE_STOP",
        "F",
        _("A booking can be made without an offer, with ids that the MP knows from GBFS or another feed."),
        since="1.4",
        served_by=(ONE_STOP,),
    ),
    Identifier(
        "NORMAL",
        "F",
        _("Offers are asked for, one is booked, and the booking is committed. Assumed where nothing else is on."),
        since="1.4",
        served_by=(*BOOKING_CALLS, EVENTS),
    ),
    _format("QR", _("a QR code")),
    _format("PDF", _("a PDF document")),
    _format("TOKEN", _("a token")),
    _format("DEEPLINK", _("a link into an app")),
    _format("AZTEC", _("an Aztec code")),
    _format("AXA_EKEY_OTP", _("a one-time AXA eKey")),
    _format("PHYSICAL_KEY", _("a description of where the key is")),
    _format("BARCODE", _("a barcode")),
    _format("HTML", _("an HTML page")),
    Identifier(
        "ACCESS_TICKETSTOCK",
        "D",
        _("Access codes are taken from a stock of tickets, each given out once."),
        served_by=ACCESS_CALLS,
    ),
    Identifier("ACCESS_CODE_BY_TO", "I", _("Access codes are made by us, as they are without it.")),
    Identifier(
        "ACCESS_CODE_BY_MP",
        "X",
        _("Access codes would be made by the MP."),
        unsupported=_("TOMP itself does not support access codes made by the MP yet."),
    ),
    _place("BOOKING", _("the answer to POST /bookings"), *BOOKING_CALLS),
    _place("COMMIT_EVENT", _("the answer to COMMIT"), EVENTS),
    _place("PREPARE_EVENT", _("the answer to PREPARE"), "legs.events"),
    _place("ASSIGN_ASSET_EVENT", _("the answer to ASSIGN_ASSET"), "legs.events"),
    _place("GET_LEG", "GET /legs/{id}", "GET /legs/{id}"),
    _place("GET_BOOKING", "GET /bookings/{id}", "GET /bookings/{id}"),
    Identifier(
        "ALLOW_EXTEND_BOOKING_EXPIRY_TIME",
        "F",
        _("The MP may ask for more time before a pending booking expires, within the profile's bounds."),
        since="1.5",
        served_by=(EVENTS,),
    ),
    Identifier(
        "PICK_UP_THE_BILL",
        "RF",
        _("Everything is done here except paying: a parked car's licence plate is booked, and the bill returned."),
        since="1.5",
        excludes=frozenset({*ATOMIC_BOOKING, "TO_CONTROLLED"}),
        served_by=(*PLANNING_CALLS, "bookings.create"),
    ),
    Identifier(
        "ATOMIC_BOOKING_SET_IN_USE",
        "F",
        _("Booking, commit and start of the ride are one call."),
        excludes=frozenset({"TO_CONTROLLED"}),
        served_by=BOOKING_CALLS,
    ),
    Identifier(
        "AUTO_COMMIT",
        "F",
        _("A booking is confirmed as it is made; no COMMIT follows."),
        served_by=BOOKING_CALLS,
    ),
    Identifier(
        "ATOMIC_BOOKING_UNLOCKING",
        "X",
        _("Booking, commit and unlocking are one call."),
        instead="ATOMIC_BOOKING_SET_IN_USE",
        excludes=frozenset({"TO_CONTROLLED"}),
        served_by=BOOKING_CALLS,
    ),
)
