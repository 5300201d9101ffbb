"""Process identifiers of the module trip execution."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.processes.identifiers.base import Identifier
from apps.processes.identifiers.booking import ACCESS_CALLS, BOOKING_CALLS

LEG_EVENTS = ("legs.events",)
NOTIFICATIONS = ("bookings.notifications",)
LOCATED_EVENTS = ("SET_IN_USE", "PAUSE", "OPEN_TRUNK", "FINISH", "TIME_EXTEND", "ASSIGN_ASSET")


def _lock(name: str, how: Promise) -> Identifier:
    meaning = format_lazy(_("The MP's app opens and closes the asset {how}."), how=how)
    return Identifier(f"LOCK_UNLOCK_{name}", "D", meaning, served_by=ACCESS_CALLS)


def _located(event: str) -> Identifier:
    return Identifier(
        f"LEG_EVENT_LOCATION_REQUIRED_{event}",
        "R",
        format_lazy(_("The event {event} says where the asset is."), event=event),
        served_by=LEG_EVENTS,
    )


TRIP_EXECUTION = (
    Identifier(
        "LOCK_UNLOCK_REMOTELY",
        "F",
        _("We open and close the asset from afar when the ride's events come."),
        served_by=(*BOOKING_CALLS, *LEG_EVENTS),
    ),
    _lock("APP", _("itself")),
    _lock("BLUETOOTH", _("over Bluetooth")),
    _lock("DEEPLINK", _("through a link into our app")),
    _lock("WIFI", _("over Wi-Fi")),
    _lock("NFC", _("over NFC")),
    _lock("RFID", _("with an RFID card, and says so with a button")),
    _lock("SHOW_ACCESS_CODE", _("by showing an access code")),
    _lock("OWN_SDK", _("with our software kit")),
    _lock("OTHER", _("in another way, agreed on with the MP")),
    Identifier(
        "USE_PREPARE_TO_INDICATE_START",
        "N",
        _("The MP hears with PREPARE that we are on our way to the traveller."),
        served_by=LEG_EVENTS,
    ),
    Identifier(
        "ETA_NOTIFICATION",
        "N",
        _("Before the ride the MP is told in how many minutes the asset arrives, and that it has arrived."),
        served_by=NOTIFICATIONS,
    ),
    Identifier(
        "PROGRESS_NOTIFICATION",
        "N",
        _("During the ride the MP is sent the asset's positions."),
        served_by=LEG_EVENTS,
    ),
    Identifier(
        "GENERAL_NOTIFICATION",
        "N",
        _("Staff can send the traveller a message through the MP."),
        served_by=NOTIFICATIONS,
    ),
    Identifier(
        "TO_CONTROLLED",
        "FN",
        _("We, not the MP, say when the ride begins and ends; the MP is told."),
        served_by=LEG_EVENTS,
    ),
    Identifier(
        "OFF_BOARDING_REQUIRED",
        "XR",
        _("FINISH comes with the address of at least one picture as evidence."),
        deprecated_since="1.5",
        instead=_("off-boarding steps such as SEND_EVIDENCE_PARKED"),
        served_by=LEG_EVENTS,
    ),
    Identifier(
        "SUPPLIES_CALL_SERVICE",
        "F",
        _("The traveller is called shortly before the arrival, so a booking needs a phone number."),
        served_by=BOOKING_CALLS,
    ),
    Identifier(
        "AUTO_UNLOCK",
        "XF",
        _("The asset is unlocked as soon as the booking is committed."),
        instead="ATOMIC_BOOKING_SET_IN_USE",
        served_by=(*BOOKING_CALLS, "bookings.events"),
    ),
    *(_located(event) for event in LOCATED_EVENTS),
    Identifier(
        "LEG_EVENT_LOCATION_IS_USER_LOCATION",
        "R",
        _("The location that leg events must have is the traveller's own: kept apart, and not for long."),
        since="2.0",
        needs=(frozenset(f"LEG_EVENT_LOCATION_REQUIRED_{event}" for event in LOCATED_EVENTS),),
        served_by=LEG_EVENTS,
    ),
)
