"""What a traveller's page and document both say: which asset, where, until when, and what opens it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone, translation

from apps.assets.models import IdentifierKind
from apps.legs.access import codes, passes
from apps.legs.access.opening import OPENING_WITH_BOOKING, Opening, opening_of
from apps.legs.access.words import words_in
from apps.legs.models import Leg
from apps.operator.selectors import the_operator
from apps.processes.selectors import published_profile
from apps.tomp.errors import Expired, NotFound

# What a person can read on an asset, the likeliest first.
READABLE = (IdentifierKind.PRINTED_CODE, IdentifierKind.LICENCE_PLATE)


@dataclass(frozen=True)
class Sheet:
    """All in the traveller's language; times in the operator's zone."""

    language: str
    operator: str
    asset_type: str
    asset: str
    place: str
    latitude: float
    longitude: float
    valid_from: str
    valid_until: str
    key_place: str
    code: bytes
    ticket: str
    app_link: str

    @property
    def map_address(self) -> str:
        """Where the asset stands, on a map of everybody's."""
        at = f"{self.latitude:.6f}", f"{self.longitude:.6f}"
        return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=18/{at[0]}/{at[1]}"

    @property
    def words(self) -> dict[str, str]:
        """The words around it."""
        return words_in(self.language)


def sheet_of(link: str, *, language: str, now: datetime) -> Sheet:
    """The sheet at a signed `link`.

    Raises `NotFound` for a link that we have not made, and `Expired` when its time or its leg is over.
    """
    leg_id, until = passes.read_link(link)
    leg = Leg.objects.filter(pk=leg_id).select_related("booking", "asset__station", "asset_type", "reservation").first()
    if leg is None:
        raise NotFound("There is no such leg.")
    profile = published_profile(leg.booking.profile_version_id)
    opening = opening_of(leg, profile, states=OPENING_WITH_BOOKING, now=now, language=language)
    if opening is None or until <= now:
        raise Expired("The leg is over.")
    return _sheet(opening)


def _sheet(opening: Opening) -> Sheet:
    leg, language = opening.leg, opening.language
    place = leg.from_place
    operator = the_operator()
    zone = ZoneInfo(operator.time_zone)
    return Sheet(
        language=language,
        operator=operator.name.localize(language),
        asset_type=leg.asset_type.name.localize(language),
        asset=_read_on(opening.identifiers),
        place=_in_words(place),
        latitude=leg.asset.latitude if leg.asset else place["coordinates"]["lat"],
        longitude=leg.asset.longitude if leg.asset else place["coordinates"]["lng"],
        valid_from=_moment(opening.valid_from, zone, language),
        valid_until=_moment(opening.valid_until, zone, language),
        key_place=opening.key_place,
        code=codes.shown_code(opening),
        ticket=opening.ticket,
        app_link=opening.app_link,
    )


def _read_on(identifiers: dict[str, str]) -> str:
    """What the traveller finds the asset by."""
    return next((identifiers[kind] for kind in READABLE if kind in identifiers), "")


def _in_words(place: dict[str, Any]) -> str:
    """Its name and address, as far as they are known."""
    address = place.get("physicalAddress") or {}
    street = " ".join(str(address[key]) for key in ("street", "houseNumber") if address.get(key))
    parts = [place.get("name"), street or address.get("streetAddress"), address.get("city")]
    return ", ".join(str(part) for part in parts if part)


def _moment(value: datetime, zone: ZoneInfo, language: str) -> str:
    with translation.override(language):
        return formats.date_format(timezone.localtime(value, zone), "j F Y, H:i")
