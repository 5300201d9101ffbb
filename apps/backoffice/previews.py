"""What a button on a ride comes to, before it is pressed: the service itself is rehearsed, and all of it undone.

So a preview reckons and refuses as the service does, whatever that comes to do one day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.assets.locks.models import LockOrder
from apps.assets.models import Asset, Reservation
from apps.backoffice.badges import state_in_words
from apps.backoffice.buttons import Line, Press
from apps.backoffice.words import NOTHING, amount_in_words, moment
from apps.bookings.models import WAITING, Booking
from apps.legs.models import Leg, LockCommand, Replacement
from apps.legs.remote_locks import LockNeeded
from apps.payments.models import Claim, ClaimState, JournalEntry
from apps.tomp.interruptions import Interruption, rehearsal
from apps.webhooks.models import OutboxMessage

# States are shown also where they stay what they are.
Picture = dict[str, tuple[str, bool]]


@dataclass(frozen=True)
class _Latest:
    """Up to which rows a booking's story goes."""

    entry: int
    claim: int
    message: int
    command: int


def booking_of(subject: Any) -> Booking:
    """A booking, or that of a leg."""
    booking: Booking = subject if isinstance(subject, Booking) else subject.booking
    return booking


def rehearsed(run: Callable[[Press], object]) -> Callable[[Press], list[Line]]:
    """The preview of a button of a booking or a leg whose service `run` calls: what changes, is charged and is told.

    Raises as `run` does.
    """

    def preview(press: Press) -> list[Line]:
        booking = booking_of(press.subject)
        with rehearsal() as noted:
            latest, assets = _latest(booking.pk), _assets_of(booking.pk)
            run(press)
            assets |= _assets_of(booking.pk)
            then = _picture(booking.pk, assets)
            news = list(_news(booking, latest, noted))
        now = _picture(booking.pk, assets)
        return [*_differences(now, then), *news]

    return preview


def _differences(now: Picture, then: Picture) -> Iterator[Line]:
    for label in [*now, *(label for label in then if label not in now)]:
        before, is_state = now.get(label, (NOTHING, False))
        after, _is_state = then.get(label, (before if is_state else NOTHING, False))
        if is_state or before != after:
            yield label, before, after


def _assets_of(booking_id: UUID) -> set[int]:
    """The assets that its legs have, or that are held for them."""
    mine = Q(legs__booking_id=booking_id)
    held = Q(pk__in=Replacement.objects.filter(leg__booking_id=booking_id, ended_at=None).values("asset"))
    return set(Asset.objects.filter(mine | held).values_list("pk", flat=True))


def _picture(booking_id: UUID, assets: set[int]) -> Picture:
    """How a booking stands: itself, its legs, their assets, and what was charged for it."""
    booking, now = Booking.objects.get(pk=booking_id), timezone.now()
    state = state_in_words("booking", booking.state_at(now))
    if booking.state_at(now) in WAITING:
        state = _("%(state)s, until %(moment)s") % {"state": state, "moment": moment(booking.expires_at)}
    shown: Picture = {_("Booking"): (state, True)}
    legs = list(booking.legs.select_related("asset", "reservation__asset", "reservation__station"))
    for leg in legs:
        name = _("Leg %(number)s") % {"number": leg.sequence} if len(legs) > 1 else _("Leg")
        shown |= _picture_of_leg(leg, name, is_only=len(legs) == 1)
    for asset in Asset.objects.filter(pk__in=assets).order_by("code"):
        shown[_("Asset %(asset)s") % {"asset": asset.code}] = (state_in_words("asset", asset.state), True)
    sums = JournalEntry.objects.filter(booking=booking_id).order_by("currency").values("currency")
    charged = [amount_in_words(one["sum"], one["currency"]) for one in sums.annotate(sum=Sum("amount"))]
    shown[_("Charged so far")] = (", ".join(charged) or _("nothing"), True)
    return shown


def _picture_of_leg(leg: Leg, name: str, *, is_only: bool) -> Picture:
    asked = leg.replacements.filter(ended_at=None).select_related("asset", "reservation").first()
    about = {
        _("Asset"): str(leg.asset or NOTHING),
        _("Departure"): _time(leg.departure_time, leg.actual_departure_time),
        _("Arrival"): _time(leg.arrival_time, leg.actual_arrival_time),
        _("Distance"): NOTHING if leg.distance_meters is None else f"{leg.distance_meters / 1000:.3f} km",
        _("Fare"): _fare(leg),
        _("Reserved"): _promise(leg.reservation),
        _("Asked of the MP"): NOTHING
        if asked is None
        else _("%(asset)s instead, held until %(moment)s")
        % {"asset": asked.asset, "moment": moment(asked.reservation.expires_at)},
    }
    prefix = "" if is_only else f"{name}: "
    return {
        name: (state_in_words("leg", leg.state), True),
        **{f"{prefix}{label}": (text, False) for label, text in about.items()},
    }


def _time(agreed: Any, actual: Any) -> str:
    return moment(actual) if actual is not None else _("%(moment)s (agreed)") % {"moment": moment(agreed)}


def _fare(leg: Leg) -> str:
    if leg.final_fare is not None:
        parts = leg.final_fare["parts"]
        total = sum((Decimal(part["amount"]) for part in parts), Decimal(0))
        return amount_in_words(total, parts[0]["currencyCode"] if parts else leg.fare["parts"][0]["currencyCode"])
    estimate = leg.fare.get("estimate")
    if not estimate:
        return NOTHING
    return _("about %(amount)s") % {"amount": amount_in_words(estimate["amount"], estimate["currencyCode"])}


def _promise(reservation: Reservation) -> str:
    """What is kept for the leg, and how long."""
    if reservation.released_at is not None:
        return _("nothing")
    what = str(reservation.asset or _("a place at %(station)s") % {"station": reservation.station})
    period = reservation.period
    told = f"{what}, {moment(period.lower)} – {moment(period.upper) if period.upper else '…'}"
    if reservation.expires_at is None:
        return told
    return _("%(promise)s; held until %(moment)s") % {"promise": told, "moment": moment(reservation.expires_at)}


def _latest(booking_id: UUID) -> _Latest:
    def last(rows: Any) -> int:
        return int(rows.aggregate(last=Max("pk", default=0))["last"])

    return _Latest(
        entry=last(JournalEntry.objects.filter(booking=booking_id)),
        claim=last(Claim.objects.filter(booking=booking_id)),
        message=last(OutboxMessage.objects.filter(booking=booking_id)),
        command=last(LockCommand.objects.filter(leg__booking=booking_id)),
    )


def _news(booking: Booking, latest: _Latest, noted: list[Interruption]) -> Iterator[Line]:
    """What was added meanwhile: entries of the journal, claims that wait, what locks and the MP are told."""
    entries = list(JournalEntry.objects.filter(booking=booking, pk__gt=latest.entry).order_by("pk"))
    for entry in entries:
        amount = amount_in_words(entry.amount, entry.currency)
        comment = f" ({entry.comment})" if entry.comment else ""
        yield _("Journal"), NOTHING, f"{capfirst(entry.get_category_display())}: {amount}{comment}"
    if not entries:
        yield _("Journal"), NOTHING, _("no entry")
    waiting = Claim.objects.filter(booking=booking, pk__gt=latest.claim, state=ClaimState.RECEIVED)
    for claim in waiting:
        amount = amount_in_words(-claim.amount, claim.currency)
        told = _("%(amount)s is more than you may give back alone: somebody else has to approve it")
        yield _("Second person"), NOTHING, told % {"amount": amount}
    for asset, order in _locks(booking, latest, noted):
        told = _("is to open") if order == LockOrder.UNLOCK else _("is to close")
        yield _("Lock of %(asset)s") % {"asset": asset.code}, state_in_words("lock", asset.lock_state), told
    messages = list(OutboxMessage.objects.filter(booking=booking, pk__gt=latest.message).order_by("pk"))
    for message in messages:
        yield str(booking.provider), NOTHING, _message_in_words(message)
    if not messages:
        yield str(booking.provider), NOTHING, _("is told nothing")


def _locks(booking: Booking, latest: _Latest, noted: list[Interruption]) -> list[tuple[Asset, str]]:
    """Locks that have to obey before it is done, and those that are told afterwards."""
    orders = {one.asset_id: one.order for one in noted if isinstance(one, LockNeeded)}
    later = LockCommand.objects.filter(leg__booking=booking, pk__gt=latest.command)
    orders |= {command.asset_id: command.order for command in later}
    return [(asset, orders[asset.pk]) for asset in Asset.objects.filter(pk__in=orders).order_by("code")]


def _message_in_words(message: OutboxMessage) -> str:
    body = message.body
    if message.subject == "CLAIM":
        amount = amount_in_words(body["amount"], body["currencyCode"])
        return _("is sent a claim of %(amount)s") % {"amount": amount}
    if message.subject == "LEG":
        return _("is sent the leg as it then is")
    if message.subject == "REPLACE_ASSET":
        return _("is asked to agree to an asset of another type")
    told = _("is told %(what)s") % {"what": message.subject}
    words = body.get("reason") or body.get("comment")
    return f"{told}: “{words}”" if words else told
