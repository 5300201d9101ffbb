"""When a leg's asset may be opened, and by which code."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import quote

from django.conf import settings

from apps.assets.tickets import ticket_code
from apps.bookings.models import BookingState
from apps.legs.access import passes
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg
from apps.processes.selectors import Profile, published_profile
from apps.tomp.errors import Expired, NotPermitted

OPENING = frozenset({BookingState.CONFIRMED, BookingState.STARTED})
OPENING_WITH_BOOKING = OPENING | {BookingState.PENDING}
# Who is there a little early may open the asset; who is late must be able to close it.
LEAD = timedelta(minutes=15)
TIME_TO_CLOSE = timedelta(minutes=30)
WITHOUT_ARRIVAL = timedelta(hours=24)


@dataclass(frozen=True)
class Opening:
    """A leg with an asset that may be opened from `valid_from` until `valid_until`."""

    leg: Leg
    valid_from: datetime
    valid_until: datetime
    profile: Profile
    language: str

    @cached_property
    def signed_pass(self) -> str:
        """What a lock or gate can verify: signed for this leg, its asset and its time."""
        return passes.sign(self.leg, self.valid_from, self.valid_until)

    @property
    def is_agreed(self) -> bool:
        """Is the booking confirmed? Before, nothing is given that opens by itself, as nobody could take it back."""
        return self.leg.booking.state in OPENING

    @property
    def by_ticket(self) -> bool:
        """Does the process give access by tickets?"""
        return self.profile.has("ACCESS_TICKETSTOCK")

    @cached_property
    def ticket(self) -> str:
        """The code of the leg's ticket, where the process gives access by tickets; readers know no other then."""
        return ticket_code(self.leg.reservation) if self.by_ticket and self.is_agreed else ""

    @cached_property
    def identifiers(self) -> dict[str, str]:
        """What is read on the asset, by its kind; of several of a kind the one that was there first."""
        if self.leg.asset is None:
            return {}
        read = sorted(self.leg.asset.identifiers.all(), key=lambda identifier: identifier.pk, reverse=True)
        return {identifier.kind: identifier.value for identifier in read}

    @property
    def short_code(self) -> str:
        """What a barcode says: the ticket, or digits that stand for the pass."""
        return self.ticket or passes.short_code(self.leg)

    @property
    def app_link(self) -> str:
        """A link into the operator's app, with the pass and the ticket."""
        ticket = f"&ticket={quote(self.ticket)}" if self.ticket else ""
        return f"{settings.APP_DEEP_LINK}?leg={self.leg.pk}&pass={quote(self.signed_pass)}{ticket}"

    @property
    def scanned(self) -> str:
        """What a code of two dimensions says: the ticket, or that link."""
        return self.ticket or self.app_link

    @property
    def key_place(self) -> str:
        """Where the physical key is, in `language`: as said of the asset, else of its station, else of its type."""
        asset = self.leg.asset
        if not self.is_agreed:
            return ""
        stations = [asset.station] if asset is not None and asset.station is not None else []
        said = [one.key_place.localize(self.language) for one in (asset, *stations, self.leg.asset_type) if one]
        return next((text for text in said if text), "")


def opening_of(leg: Leg, profile: Profile, *, states: Collection[str], now: datetime, language: str) -> Opening | None:
    """How the leg's asset can be opened; None without an asset, when the leg is over, or its booking not in `states`.

    Before the ride from a quarter of an hour before the agreed departure, though not from before the booking was
    made, until the agreed arrival, or for 24 hours where none was agreed. Under way from the actual departure, and at
    least as long as it takes to close the asset. With an issue it can be closed, but no ride be begun.
    """
    if leg.asset_id is None or leg.booking.state not in states:
        return None
    state, end = leg.state_at(now), leg.arrival_time or leg.departure_time + WITHOUT_ARRIVAL
    if state in UNDER_WAY or leg.state_before_issue in UNDER_WAY:
        start = min(leg.actual_departure_time or leg.departure_time, now)
        return Opening(leg, start, max(end, now + TIME_TO_CLOSE), profile, language)
    if state in BEFORE_THE_RIDE and end > now:
        return Opening(leg, max(leg.departure_time - LEAD, leg.booking.created_at), end, profile, language)
    return None


def opening_by(code: str, *, now: datetime) -> Opening:
    """What a pass or short code opens now.

    Raises `NotFound` for one we have not made, `Expired` when it or its leg is over or the leg has another asset, and
    `NotPermitted` where it is not time yet, or the booking not confirmed.
    """
    shown = passes.read(code)
    leg = Leg.objects.filter(pk=shown.leg_id).select_related("booking", "asset", "asset_type").first()
    if leg is None or leg.asset_public_id != shown.asset_public_id:
        raise Expired("This pass is for another asset than the leg has.")
    profile = published_profile(leg.booking.profile_version_id)
    opening = opening_of(leg, profile, states=OPENING_WITH_BOOKING, now=now, language="")
    if opening is None or (shown.valid_until is not None and shown.valid_until <= now):
        raise Expired("The leg, or the time of the pass, is over.")
    if leg.booking.state not in OPENING:
        raise NotPermitted("The booking is not confirmed.")
    if opening.valid_from > now:
        raise NotPermitted("It is not time yet.")
    return opening
