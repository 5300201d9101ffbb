"""Costs and credits beside the fare: what staff charge or give back, and what MPs claim. One transaction each.

| who | what becomes of it |
|---|---|
| staff | an entry in the journal at once, claimed from the MP; more than their limit waits for a second person |
| MP, a credit | a claim that staff accept (an entry, told to the MP by a claim) or reject (told by a notification) |

Amounts are as in the journal: VAT included, credits to the MP negative. Nothing is edited: what has been invoiced is
corrected by an entry of the next period. Source: TOMP 1.6.1 `extraCosts` and /payment/{id}/claim-extra-costs.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext

from apps.bookings.absence import absent
from apps.bookings.models import STANDING, Booking, BookingState, NotificationType
from apps.bookings.notifications import notify
from apps.history.models import ActorKind
from apps.history.services import Actor, fire, record
from apps.payments.claims import claim as tell
from apps.payments.limits import check_limit
from apps.payments.models import Claim, ClaimState, JournalCategory, JournalEntry
from apps.payments.services import Vat, journal_amount
from apps.pricing.money import decimals_of, round_amount, without_vat
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState, Invalid, Missing, NotFound

OVER = [BookingState.FINISHED, BookingState.CANCELLED]
# What an MP that takes no negative amounts calls a credit.
CREDITS = [JournalCategory.REFUND, JournalCategory.CREDIT, JournalCategory.VOUCHER]
# What a column of the journal holds.
MOST = Decimal(10**8)


@dataclass(frozen=True)
class ExtraCosts:
    """TOMP `extraCosts`. What is None is as in the fare of the leg."""

    category: str
    amount: Decimal
    description: str
    currency: str | None = None
    amount_ex_vat: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_country: str | None = None
    number: Decimal | None = None
    number_type: str = ""
    account: dict[str, Any] | None = None
    meta: dict[str, Any] | None = None

    @property
    def sha256(self) -> str:
        """Of all of it: the same costs claimed again have the same."""
        return hashlib.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def charge(
    *, booking_id: UUID, journal_id: UUID, costs: ExtraCosts, actor: Actor, alone_up_to: Decimal | None = None
) -> Claim:
    """Staff charge extra costs, or give back (a negative amount); `journal_id` is the leg's, or the booking's.

    The entry is in the journal at once, and claimed from the MP; but where more than `alone_up_to` is given back, with
    what the same person gave back for the booking before, the claim waits for `accept` by somebody else. Raises
    `Missing` without a description, `IllegalState` where the booking was never agreed, or more would be given back than
    was charged for it.
    """
    booking = _locked(booking_id)
    claim = _written(booking, journal_id, costs, claimant=ActorKind.TO, asked_by=actor.name)
    if alone_up_to is not None and claim.amount < 0 and _given_back_by(claim) - claim.amount > alone_up_to:
        _given_back(booking, claim)  # refused at once where it cannot be
        record(claim, "ask", actor=actor, reason=costs.description)
        return claim
    return _accept(claim, actor=actor, reason=costs.description)


@transaction.atomic
def receive(*, provider: Provider, id: UUID, costs: ExtraCosts, actor: Actor) -> Claim:  # noqa: A002 — the document's
    """An MP claims a credit for its booking, or one leg of it (`id`). Repeated, it is the claim there is.

    Raises `NotFound` for what is unknown or another MP's, `Expired` for what is kept no longer, `Invalid` for an
    amount of the wrong sign, currency or decimals, `IllegalState` where the booking was never agreed.
    """
    booking = _locked(id, provider_id=provider.pk)
    known = Claim.objects.filter(booking=booking, journal_id=id, body_sha256=costs.sha256)
    claim = known.select_related("booking__provider", "entry__provider", "entry__invoice").first()
    if claim is not None:
        return claim
    claim = _written(booking, id, costs, claimant=ActorKind.MP)
    record(claim, "receive", actor=actor)
    return claim


@transaction.atomic
def accept(*, claim_id: int, actor: Actor, reason: str, alone_up_to: Decimal | None = None) -> Claim:
    """Staff agree to what an MP or one of them claims: it goes into the journal, and the MP is told by a claim of it.

    Raises `IllegalState` where it is decided already, while the booking is not over, for more than was charged or than
    `alone_up_to`, and to who asked for it.
    """
    claim = _locked_claim(claim_id)
    if claim.asked_by == actor.name:
        raise IllegalState(gettext("You asked for this: somebody else is to approve it."))
    check_limit(-claim.amount, claim.currency, alone_up_to=alone_up_to)
    return _accept(claim, actor=actor, reason=reason)


@transaction.atomic
def reject(*, claim_id: int, actor: Actor, reason: str) -> Claim:
    """Staff do not agree; an MP whose claim it is is told why. Raises `IllegalState` where it is decided already."""
    claim = _locked_claim(claim_id)
    claim.answer = reason
    fire(claim, "reject", actor=actor, reason=reason, save=("answer",))
    if claim.claimant != ActorKind.MP:
        return claim
    told = f"The claim of {claim.amount.normalize():f} {claim.currency} is rejected: {reason}"
    leg_id = claim.journal_id if claim.booking.legs.filter(pk=claim.journal_id).exists() else None
    notify(claim.booking, NotificationType.OTHER, actor=actor, leg_id=leg_id, comment=told)
    return claim


def _locked(id: UUID, *, provider_id: int | None = None) -> Booking:  # noqa: A002
    """The booking with that id, or with a leg that has it."""
    owner = {} if provider_id is None else {"provider_id": provider_id}
    either = Booking.objects.filter(pk=id).values("pk").union(Booking.objects.filter(legs__pk=id).values("pk"))
    found = Booking.objects.filter(pk__in=either, **owner).select_related("provider")
    booking = found.select_for_update(of=("self",)).first()
    if booking is None:
        raise absent(id, provider_id)
    return booking


def _locked_claim(claim_id: int) -> Claim:
    booking_id = Claim.objects.filter(pk=claim_id).values_list("booking_id", flat=True).first()
    if booking_id is None:
        raise NotFound(gettext("There is no such claim."))
    booking = _locked(booking_id)
    claim = Claim.objects.get(pk=claim_id)
    claim.booking = booking
    return claim


def _written(
    booking: Booking, journal_id: UUID, costs: ExtraCosts, *, claimant: ActorKind, asked_by: str = ""
) -> Claim:
    if not costs.description.strip():
        raise Missing(gettext("description is missing: it says what for."))
    if booking.state not in [*STANDING, *OVER]:
        raise IllegalState(gettext("Nothing is owed for a booking that is %(state)s.") % {"state": booking.state})
    vat = _vat(booking, journal_id, costs)
    amount = _amount(costs, vat)
    if claimant == ActorKind.MP:
        amount = _credit(booking.provider, costs.category, amount)
    return Claim.objects.create(
        booking=booking,
        journal_id=journal_id,
        claimant=claimant,
        asked_by=asked_by,
        category=costs.category,
        amount=amount,
        amount_ex_vat=without_vat(amount, vat.rate, vat.currency),
        currency=vat.currency,
        vat_rate=vat.rate,
        vat_country=vat.country,
        description=costs.description,
        number=costs.number,
        number_type=costs.number_type,
        account=costs.account,
        meta=costs.meta,
        body_sha256=costs.sha256 if claimant == ActorKind.MP else "",
    )


def fare_vat(booking: Booking, journal_id: UUID) -> Vat:
    """Currency and VAT of the leg's fare; of the first leg's where `journal_id` is the booking's."""
    fares = dict(booking.legs.order_by("sequence").values_list("pk", "fare"))
    part = fares.get(journal_id, next(iter(fares.values())))["parts"][0]
    return Vat(currency=part["currencyCode"], rate=Decimal(part["vatRate"]), country=part["vatCountryCode"])


def _vat(booking: Booking, journal_id: UUID, costs: ExtraCosts) -> Vat:
    """As in the fare, but for what the costs name. Raises `Invalid` for another currency."""
    agreed = fare_vat(booking, journal_id)
    if costs.currency not in (None, agreed.currency):
        told = gettext("this booking is charged in %(currency)s.") % {"currency": agreed.currency}
        raise Invalid(told, field="currencyCode")
    return Vat(
        currency=agreed.currency,
        rate=agreed.rate if costs.vat_rate is None else costs.vat_rate,
        country=costs.vat_country or agreed.country,
    )


def _amount(costs: ExtraCosts, vat: Vat) -> Decimal:
    """The amount, once it is one of the currency, and fits the one without VAT where that is given."""
    if not 0 < abs(costs.amount) < MOST:
        told = gettext("this is nothing, or not less than %(most)s.") % {"most": f"{MOST:,}"}
        raise Invalid(told, field="amount")
    if not 0 <= vat.rate <= 100 or vat.rate != round(vat.rate, 2):
        raise Invalid(gettext("this is a percentage of two decimals at most."), field="vatRate")
    decimals = decimals_of(vat.currency)
    if costs.amount != round_amount(costs.amount, vat.currency):
        told = gettext("%(currency)s has %(decimals)s decimals.") % {"currency": vat.currency, "decimals": decimals}
        raise Invalid(told, field="amount")
    if costs.amount_ex_vat is not None:
        off = abs(costs.amount_ex_vat - without_vat(costs.amount, vat.rate, vat.currency))
        if off > Decimal(1).scaleb(-decimals):  # however the MP rounds
            told = gettext("this is not %(amount)s without %(rate)s %% VAT.")
            raise Invalid(told % {"amount": costs.amount, "rate": vat.rate}, field="amountExVat")
    return costs.amount


def _credit(provider: Provider, category: str, amount: Decimal) -> Decimal:
    """What an MP claims, as a credit of the journal. Source: TOMP 1.6.1 `extraCosts`: credits are negative."""
    if not provider.credits_are_positive:
        if amount > 0:
            told = gettext("a credit is negative. What an MP owes is claimed by the operator.")
            raise Invalid(told, field="amount")
        return amount
    if amount < 0 or category not in CREDITS:
        told = gettext("with this MP credits are positive, of the category %(categories)s.")
        raise Invalid(told % {"categories": " or ".join(CREDITS)}, field="amount")
    return -amount


def _accept(claim: Claim, *, actor: Actor, reason: str) -> Claim:
    """Under the booking's lock."""
    if claim.state != ClaimState.RECEIVED:
        raise IllegalState(gettext("The claim is %(state)s already.") % {"state": claim.state})
    amount_ex_vat = _given_back(claim.booking, claim) if claim.amount < 0 else claim.amount_ex_vat
    claim.entry = journal_amount(
        booking=claim.booking,
        leg_id=claim.journal_id,
        category=JournalCategory(claim.category),
        amount=claim.amount,
        amount_ex_vat=amount_ex_vat,
        vat=Vat(claim.currency, claim.vat_rate, claim.vat_country),
        comment=reason,
    )
    tell(claim.entry)
    claim.answer = reason
    fire(claim, "accept", actor=actor, reason=reason, save=("entry", "answer"))
    return claim


def _given_back_by(claim: Claim) -> Decimal:
    """What who asks now has got given back for the booking already."""
    before = Claim.objects.filter(
        booking=claim.booking, asked_by=claim.asked_by, currency=claim.currency, state=ClaimState.ACCEPTED, amount__lt=0
    )
    return -before.aggregate(total=Sum("amount", default=Decimal(0)))["total"]


def _given_back(booking: Booking, claim: Claim) -> Decimal:
    """What a credit is without VAT: where nothing charged with its VAT is left, all that was charged without it.

    Raises `IllegalState` while the booking is not over, and for more than was charged.
    """
    if booking.state not in OVER:
        raise IllegalState(
            gettext("The booking is not over: what it costs is not known yet, so nothing is given back.")
        )
    same_vat = Q(vat_rate=claim.vat_rate, vat_country=claim.vat_country)
    charged = JournalEntry.objects.filter(booking=booking, currency=claim.currency).aggregate(
        all=Sum("amount", default=Decimal(0)),
        amount=Sum("amount", filter=same_vat, default=Decimal(0)),
        amount_ex_vat=Sum("amount_ex_vat", filter=same_vat, default=Decimal(0)),
    )
    left = round_amount(min(charged["all"], charged["amount"]), claim.currency)
    if left + claim.amount < 0:
        vat = f"{claim.vat_rate.normalize():f} % VAT ({claim.vat_country})"
        raise IllegalState(
            gettext(
                "No more is given back than was charged: of this booking %(left)s %(currency)s is left with %(vat)s."
            )
            % {"left": left, "currency": claim.currency, "vat": vat}
        )
    nothing_is_left = charged["amount"] + claim.amount == 0
    return -charged["amount_ex_vat"] if nothing_is_left else claim.amount_ex_vat
