"""Access data: what opens the asset of a leg, for the leg's time only.

In a format that the asset type offers and the MP accepts, and in those answers only that the process names.
Source: seed process-identifiers, booking (ACCESS_CODE_…); TOMP 1.6.1 `token`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import prefetch_related_objects

from apps.legs.access import codes, ekeys, links
from apps.legs.access.mechanisms import mechanisms, reads_identifiers
from apps.legs.access.opening import OPENING, OPENING_WITH_BOOKING, Opening, opening_of
from apps.legs.models import Leg
from apps.processes.access_formats import accepted_methods, common_methods
from apps.processes.selectors import Profile


class Where(StrEnum):
    """The answers access data can be in: the end of the identifiers `ACCESS_CODE_IN_…`."""

    BOOKING = "BOOKING"
    COMMIT_EVENT = "COMMIT_EVENT"
    PREPARE_EVENT = "PREPARE_EVENT"
    ASSIGN_ASSET_EVENT = "ASSIGN_ASSET_EVENT"
    GET_LEG = "GET_LEG"
    GET_BOOKING = "GET_BOOKING"
    # The seed's way to close the asset; always there.
    START_FINISHING_EVENT = "START_FINISHING_EVENT"


# What makes the TOMP `tokenData` of each access method. Where several are in common the first of this order is
# given: what opens by itself, then what is shown to a reader, then what a person reads.
FORMATS: dict[str, Callable[[Opening], dict[str, Any] | None]] = {
    "DEEPLINK": links.deep_link,
    "AXA-EKEY-OTP": ekeys.promised,
    "TOMP-API": codes.token,
    "QR": codes.qr_code,
    "AZTEC": codes.aztec_code,
    "BARCODE": codes.barcode,
    "HTML": links.page,
    "PDF": links.document,
    "PHYSICAL-KEY": links.key_place,
}


def is_given(profile: Profile, where: Where) -> bool:
    """Does this answer carry access data? With no ACCESS_CODE_IN_… on: the one of PREPARE does."""
    if where == Where.START_FINISHING_EVENT:
        return True
    named = any(profile.has(f"ACCESS_CODE_IN_{one}") for one in Where)
    return profile.has(f"ACCESS_CODE_IN_{where}") if named else where == Where.PREPARE_EVENT


def load_for_access(legs: Sequence[Leg], profile: Profile, where: Where | None) -> None:
    """Load what the access data of one booking's legs needs beside them, at once for all of them.

    Expects their `booking`, `asset` and `asset_type` to be loaded. Without it each leg looks up its own.
    """
    if where is None or not legs or not is_given(profile, where) or legs[0].booking.state not in OPENING:
        return
    needed = {
        "reservation__ticket": profile.has("ACCESS_TICKETSTOCK"),
        "asset__station": any("PHYSICAL-KEY" in _methods(leg, profile) for leg in legs),
        "asset__identifiers": reads_identifiers(profile),
    }
    prefetch_related_objects(legs, *(path for path, is_needed in needed.items() if is_needed))


def access_data(
    leg: Leg, profile: Profile, where: Where | None, *, now: datetime, language: str
) -> dict[str, Any] | None:
    """A TOMP `token` for the leg's asset, or None where this answer carries none.

    A leg that is over or has no asset yet has none; one whose booking is not confirmed only where the process hands
    it out with the pending booking itself, and only what opens nothing before the COMMIT.
    """
    if where is None or not is_given(profile, where):
        return None
    states = OPENING_WITH_BOOKING if where == Where.BOOKING else OPENING
    opening = opening_of(leg, profile, states=states, now=now, language=language)
    if opening is None or (opening.by_ticket and not opening.ticket):
        return None
    for method in _methods(leg, profile):
        content = FORMATS[method](opening)
        if content is not None:
            return _token(opening, content)
    return None


def _methods(leg: Leg, profile: Profile) -> list[str]:
    """The methods in common that something is made for, best first; a link where neither side names any."""
    offered = leg.asset_type.access_methods
    if not offered and not accepted_methods(profile):
        return ["DEEPLINK"]
    common = common_methods(profile, offered)
    return [method for method in FORMATS if method in common]


def _token(opening: Opening, content: dict[str, Any]) -> dict[str, Any]:
    """TOMP's `token`; the only place where one is put together."""
    return {
        "validFrom": opening.valid_from,
        "validUntil": opening.valid_until,
        "tokenType": content["tokenType"],
        "tokenData": {**content, **mechanisms(opening)},
    }
