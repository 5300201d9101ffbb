"""What goes into the journal when: at commit, when a leg ends, when it is cancelled.

| agreed | at commit | at FINISH | when cancelled |
|---|---|---|---|
| nothing | | FARE | |
| conditionPayWhenFinished | | FARE, claimed at once | |
| conditionUpfrontPayment | FARE, as estimated | the difference: EXTRA_USAGE or CREDIT | REFUND |
| CORRECTION_BY_EXTRA_COSTS | FARE, as estimated | the difference, claimed | REFUND, claimed |
| conditionDeposit | DEPOSIT, claimed | REFUND of it, claimed | REFUND of it, claimed |

What is agreed are the leg's conditions, as its offer had them: those of the process and of its asset type, and those
that the identifiers PAY_WHEN_FINISHED and UPFRONT_PAYMENT bring. CORRECTION_BY_EXTRA_COSTS is an identifier alone.

A leg that is cancelled owes what was agreed for cancelling (`cancelFeePercent`, `noShowFeePercent`) and nothing else.
Each function runs in the transaction of what it is for, under the ride's locks. Source: PROCESS-IDENTIFIERS, payment;
TOMP 1.6.1 `conditionDeposit`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.translation import gettext

from apps.bookings.models import Booking
from apps.payments.claims import claim
from apps.payments.limits import check_limit
from apps.payments.models import JournalCategory, JournalEntry
from apps.payments.services import Vat, journal_amount, journal_fare
from apps.pricing.money import round_amount
from apps.pricing.settling import Settlement, Snapshot, settle
from apps.pricing.usage import Usage
from apps.processes.selectors import Profile
from apps.tomp.errors import IllegalState

Condition = dict[str, Any]
DEPOSIT = "conditionDeposit"
UPFRONT, WHEN_FINISHED = "conditionUpfrontPayment", "conditionPayWhenFinished"
NO_USE = Usage(in_use_seconds=0, paused_seconds=0, distance_meters=0)
FARES = (JournalCategory.FARE, JournalCategory.EXTRA_USAGE, JournalCategory.CREDIT)


@dataclass(frozen=True)
class Charged:
    """The leg that is charged: its booking, its agreed price list (a snapshot) and its conditions."""

    booking: Booking
    leg_id: UUID
    fare: Snapshot
    conditions: list[Condition]
    profile: Profile

    def has_agreed(self, condition: str) -> bool:
        """Did its offer come with this condition?"""
        return any(one["conditionType"] == condition for one in self.conditions)

    @property
    def is_corrected(self) -> bool:
        """Is the MP claimed what comes after the estimate?"""
        return self.profile.has("CORRECTION_BY_EXTRA_COSTS")


def charge_at_commit(leg: Charged) -> None:
    """The estimate where it is paid in advance, and the deposit."""
    if leg.is_corrected or leg.has_agreed(UPFRONT):
        estimate = settle(leg.fare, _expected(leg.fare))
        journal_fare(booking=leg.booking, leg_id=leg.leg_id, settlement=estimate, comment="As estimated.")
    for condition in leg.conditions:
        if condition["conditionType"] == DEPOSIT and condition.get("amount"):
            _deposit(leg, condition)


def _expected(fare: Snapshot) -> Usage:
    """The use that the fare was estimated for; none where nothing was known of the ride."""
    expected = fare.get("estimate", {}).get("usage")
    return Usage(**expected) if expected else NO_USE


def _deposit(leg: Charged, condition: Condition) -> None:
    vat = Vat(
        currency=condition.get("currencyCode") or leg.fare["parts"][0]["currencyCode"],
        rate=Decimal(str(condition.get("vatRate", 0))),
        country=condition.get("vatCountryCode") or leg.fare["parts"][0]["vatCountryCode"],
    )
    entry = journal_amount(
        booking=leg.booking,
        leg_id=leg.leg_id,
        category=JournalCategory.DEPOSIT,
        amount=round_amount(Decimal(str(condition["amount"])), vat.currency),
        vat=vat,
        comment="Deposit",
    )
    claim(entry)


def charge_at_finish(leg: Charged, settlement: Settlement, usage: Usage) -> None:
    """The final fare, or what is left of it after what was paid in advance; the deposit is returned."""
    entries = _entries(leg)
    _return_deposits(leg, entries)
    advanced = [entry for entry in entries if entry.category in FARES]
    if not advanced:
        entry = journal_fare(booking=leg.booking, leg_id=leg.leg_id, settlement=settlement, usage=usage)
        if leg.has_agreed(WHEN_FINISHED):
            claim(entry)
        return
    difference = settlement.amount - sum((entry.amount for entry in advanced), Decimal(0))
    if difference:
        entry = journal_amount(
            booking=leg.booking,
            leg_id=leg.leg_id,
            category=JournalCategory.EXTRA_USAGE if difference > 0 else JournalCategory.CREDIT,
            amount=difference,
            amount_ex_vat=settlement.amount_ex_vat - sum((entry.amount_ex_vat for entry in advanced), Decimal(0)),
            vat=Vat(settlement.currency, settlement.vat_rate, settlement.vat_country),
            comment="What the ride cost more than estimated." if difference > 0 else "What the ride cost less.",
            usage=usage,
        )
        if leg.is_corrected:
            claim(entry)


def charge_correction(
    leg: Charged,
    *,
    settlement: Settlement,
    difference: Decimal,
    usage: Usage,
    why: str,
    alone_up_to: Decimal | None = None,
) -> JournalEntry | None:
    """What a ride that staff corrected costs more or less than before, claimed from the MP; None where it is the same.

    Raises `IllegalState` where more would be given back than was charged for the booking, or than `alone_up_to`.
    """
    if not difference:
        return None
    check_limit(-difference, settlement.currency, alone_up_to=alone_up_to)
    fares = Q(journal_id=leg.leg_id, category__in=FARES, claim=None)
    entries = JournalEntry.objects.filter(booking=leg.booking, currency=settlement.currency).aggregate(
        all=Sum("amount", default=Decimal(0)), fare_ex_vat=Sum("amount_ex_vat", filter=fares, default=Decimal(0))
    )
    charged = entries["all"]
    if charged + difference < 0:
        raise IllegalState(
            gettext("Of this booking %(charged)s %(currency)s is left: no more can be given back.")
            % {"charged": charged, "currency": settlement.currency}
        )
    entry = journal_amount(
        booking=leg.booking,
        leg_id=leg.leg_id,
        category=JournalCategory.EXTRA_USAGE if difference > 0 else JournalCategory.CREDIT,
        amount=difference,
        amount_ex_vat=settlement.amount_ex_vat - entries["fare_ex_vat"],
        vat=Vat(settlement.currency, settlement.vat_rate, settlement.vat_country),
        comment=why,
        usage=usage,
    )
    claim(entry)
    return entry


def refund(leg: Charged) -> None:
    """Give back all that was charged for a leg that is cancelled, each rate of VAT for itself."""
    entries = _entries(leg)
    _return_deposits(leg, entries)
    amounts: dict[Vat, Decimal] = defaultdict(Decimal)
    amounts_ex_vat: dict[Vat, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.category in FARES:
            amounts[Vat.of(entry)] += entry.amount
            amounts_ex_vat[Vat.of(entry)] += entry.amount_ex_vat
    for vat, amount in amounts.items():
        if amount:
            entry = journal_amount(
                booking=leg.booking,
                leg_id=leg.leg_id,
                category=JournalCategory.REFUND,
                amount=-amount,
                amount_ex_vat=-amounts_ex_vat[vat],
                vat=vat,
                comment="The ride was cancelled.",
            )
            if leg.is_corrected:
                claim(entry)


@dataclass(frozen=True)
class Fee:
    """What is owed for not riding: `amount`, VAT included, which is `percent` of the `estimate`, and for what."""

    amount: Decimal
    percent: int
    estimate: Settlement
    why: str


def cancellation_fee(leg: Charged, *, departure: datetime, now: datetime) -> Fee | None:
    """The fee for cancelling a confirmed leg later than `cancelFreeMinutes` before its departure, if that is any."""
    free = timedelta(minutes=leg.profile.setting("cancelFreeMinutes"))
    return _fee(leg, leg.profile.setting("cancelFeePercent"), "Cancelled late") if now > departure - free else None


def charge_no_show(leg: Charged) -> None:
    """The fee where nobody came."""
    fee = _fee(leg, leg.profile.setting("noShowFeePercent"), "Nobody came")
    if fee is not None:
        charge_fee(leg, fee)


def _fee(leg: Charged, percent: int, why: str) -> Fee | None:
    estimate = settle(leg.fare, _expected(leg.fare))
    amount = round_amount(estimate.amount * percent / 100, estimate.currency)
    return Fee(amount, percent, estimate, why) if amount else None


def charge_fee(leg: Charged, fee: Fee) -> None:
    """A fee in the journal, claimed from the MP."""
    estimate = fee.estimate
    entry = journal_amount(
        booking=leg.booking,
        leg_id=leg.leg_id,
        category=JournalCategory.FINE,
        amount=fee.amount,
        vat=Vat(estimate.currency, estimate.vat_rate, estimate.vat_country),
        comment=f"{fee.why}: {fee.percent} % of {estimate.amount} {estimate.currency}.",
    )
    claim(entry)


def _entries(leg: Charged) -> list[JournalEntry]:
    """What was charged by these rules; nothing where nothing is charged before the end."""
    if not leg.is_corrected and not leg.has_agreed(UPFRONT) and not leg.has_agreed(DEPOSIT):
        return []
    return list(JournalEntry.objects.filter(journal_id=leg.leg_id, claim=None).order_by("sequence"))


def _return_deposits(leg: Charged, entries: Iterable[JournalEntry]) -> None:
    for entry in entries:
        if entry.category == JournalCategory.DEPOSIT:
            returned = journal_amount(
                booking=leg.booking,
                leg_id=leg.leg_id,
                category=JournalCategory.REFUND,
                amount=-entry.amount,
                amount_ex_vat=-entry.amount_ex_vat,
                vat=Vat.of(entry),
                comment="Deposit returned",
            )
            claim(returned)
