"""Access data: what opens the asset of a leg, for the leg's time only.

In a format that the asset type offers and the MP accepts, and in those answers only that the process names.
Source: seed process-identifiers, booking (ACCESS_CODE_…); TOMP 1.6.1 `token`.
"""

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import segno
from django.conf import settings
from django.core import signing

from apps.bookings.models import BookingState
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg
from apps.processes.access_formats import accepted_methods, common_methods
from apps.processes.selectors import Profile

SALT = "leg access"
OPENING = {BookingState.CONFIRMED, BookingState.STARTED}
OPENING_WITH_BOOKING = {BookingState.PENDING, *OPENING}
WITHOUT_ARRIVAL = timedelta(hours=24)
TIME_TO_CLOSE = timedelta(minutes=30)


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


def is_given(profile: Profile, where: Where) -> bool:
    """Does this answer carry access data? With no ACCESS_CODE_IN_… on: the one of PREPARE does."""
    if where == Where.START_FINISHING_EVENT:
        return True
    named = any(profile.has(f"ACCESS_CODE_IN_{one}") for one in Where)
    return profile.has(f"ACCESS_CODE_IN_{where}") if named else where == Where.PREPARE_EVENT


def access_data(leg: Leg, profile: Profile, where: Where | None, *, now: datetime) -> dict[str, Any] | None:
    """A TOMP `token` for the leg's asset, or None where this answer carries none.

    A leg that is over or has no asset yet has none; one whose booking is not confirmed only where the process hands
    it out with the pending booking itself. Valid from now until the agreed arrival, or for 24 hours where none was
    agreed; under way at least as long as it takes to close the asset.
    """
    if where is None or leg.asset_id is None or not is_given(profile, where):
        return None
    if leg.state_at(now) not in {*BEFORE_THE_RIDE, *UNDER_WAY}:
        return None
    if leg.booking.state not in (OPENING_WITH_BOOKING if where == Where.BOOKING else OPENING):
        return None
    methods = common_methods(profile, leg.asset_type.access_methods)
    token = next((make for method, make in TOKENS.items() if method in methods), None)
    if token is None and not accepted_methods(profile):
        token = _deep_link
    if token is None:
        return None
    until = max(leg.arrival_time or leg.departure_time + WITHOUT_ARRIVAL, now + TIME_TO_CLOSE)
    content = token(_link(leg, until))
    return {"validFrom": now, "validUntil": until, "tokenType": content["tokenType"], "tokenData": content}


def _link(leg: Leg, until: datetime) -> str:
    """A link into the operator's app, with a pass signed for this leg, its asset and its time."""
    content = {"leg": str(leg.pk), "asset": leg.asset_public_id, "until": until.timestamp()}
    return f"{settings.APP_DEEP_LINK}?leg={leg.pk}&pass={quote(signing.dumps(content, salt=SALT, compress=True))}"


def _deep_link(link: str) -> dict[str, Any]:
    return {"tokenType": "tokenDeeplink", "url": link}


def _qr_code(link: str) -> dict[str, Any]:
    """The link as a QR code: a PNG image, base64."""
    image = io.BytesIO()
    code = segno.make_qr(link)
    code.save(image, kind="png", scale=4)
    return {
        "tokenType": "tokenQR",
        "base64": base64.b64encode(image.getvalue()).decode(),
        "version": str(code.version),
    }


TOKENS: dict[str, Callable[[str], dict[str, Any]]] = {"DEEPLINK": _deep_link, "QR": _qr_code}
