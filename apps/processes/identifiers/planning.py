"""Process identifiers of the module planning."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.processes.identifiers.base import Identifier

# One stop makes an offer on its way to the booking.
PLANNING_CALLS = ("planning.inquiries", "planning.offers", "planning.plannings", "bookings.one-stop")
WAYS_TO_NAME_AN_ASSET = frozenset(
    {"BLUETOOTH_SCAN", "QR_SCAN", "NFC_SCAN", "BARCODE_SCAN", "MANUAL_ENTRY", "OTHER_ID", "EXACT_ID"}
)


def _way(name: str, meaning: Promise, *more_calls: str) -> Identifier:
    return Identifier(name, "F", meaning, served_by=(*more_calls, *PLANNING_CALLS))


def _mandatory(name: str, meaning: Promise) -> Identifier:
    return Identifier(f"MANDATORY_{name}", "R", meaning, served_by=PLANNING_CALLS)


PLANNING = (
    Identifier(
        "PLANNING_BASED",
        "RF",
        _(
            "A trip is planned from a place and for a time: the request says when it departs, or "
            "where and when it arrives."
        ),
        served_by=PLANNING_CALLS,
    ),
    Identifier(
        "ASSET_BASED",
        "RF",
        _("The traveller has chosen an asset: the request names it in useAssets, and offers are for it only."),
        needs=(WAYS_TO_NAME_AN_ASSET,),
        served_by=PLANNING_CALLS,
    ),
    _way("BLUETOOTH_SCAN", _("Assets can be named by the Bluetooth or beacon ids that a phone has found nearby.")),
    _way("QR_SCAN", _("Assets can be named by what their QR code says.")),
    _way("NFC_SCAN", _("Assets can be named by their NFC tag.")),
    _way("BARCODE_SCAN", _("Assets can be named by their barcode.")),
    _way("MANUAL_ENTRY", _("Assets can be named by the code printed on them, typed in by the traveller.")),
    _way("OTHER_ID", _("Assets can be named by an id that the MP and we have agreed on.")),
    _way(
        "EXACT_ID",
        _("Assets can be named by the id from available-assets, which then lists them one by one."),
        "operator.available-assets",
    ),
    Identifier(
        "SPECIFIC_LOCATION_BASED",
        "R",
        _("A trip begins at a known location: from names a station or a stop."),
        served_by=PLANNING_CALLS,
    ),
    Identifier(
        "ATOMIC_PLANNING_AND_BOOKING",
        "X",
        _("An offer is booked at once, without the traveller in between, so offers live as short as can be."),
        deprecated_since="1.3",
        instead="ONE_STOP",
        served_by=PLANNING_CALLS,
    ),
    Identifier(
        "USE_ESTIMATED_DISTANCE",
        "RF",
        _("The distance to travel is given in metres instead of a destination: from and estimatedDistance."),
        since="1.3",
        served_by=PLANNING_CALLS,
    ),
    _mandatory("TRAVELER_AGE", _("At least one traveler is described, with an age.")),
    _mandatory("RADIUS", _("The request says how far the traveller will go to reach an asset.")),
    _mandatory("FROM_STATION_ID", _("The trip begins at one of our stations.")),
    _mandatory("TO_STATION_ID", _("The trip ends at one of our stations.")),
    _mandatory("FROM_STOP_REFERENCE", _("The trip begins at a public transport stop.")),
    _mandatory("TO_STOP_REFERENCE", _("The trip ends at a public transport stop.")),
    _mandatory("DEPARTURE_TIME", _("The request says when the trip begins.")),
    _mandatory("ARRIVAL_TIME", _("The request says when the trip ends.")),
    _mandatory("NR_OF_TRAVELERS", _("The request says how many people travel.")),
    _mandatory("FROM_ADDRESS", _("The trip begins at a postal address.")),
    _mandatory("TO_ADDRESS", _("The trip ends at a postal address.")),
)
