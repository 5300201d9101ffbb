"""Writing the journal. Entries are added in the transaction of what they are for, and never changed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.bookings.models import Booking
from apps.payments.models import JournalCategory, JournalEntry
from apps.pricing.money import without_vat
from apps.pricing.settling import Settlement
from apps.pricing.usage import Usage


@dataclass(frozen=True)
class Vat:
    """In which currency (ISO 4217) an amount is, and which VAT (percent, country) it includes."""

    currency: str
    rate: Decimal
    country: str

    @classmethod
    def of(cls, entry: JournalEntry) -> "Vat":
        """Those of an entry."""
        return cls(entry.currency, entry.vat_rate, entry.vat_country)


def journal_fare(
    *, booking: Booking, leg_id: UUID, settlement: Settlement, usage: Usage | None = None, comment: str = ""
) -> JournalEntry:
    """Add the fare of a leg, itemised; without `usage` as it is estimated."""
    return _add(
        booking=booking,
        leg_id=leg_id,
        category=JournalCategory.FARE,
        amount=settlement.amount,
        amount_ex_vat=settlement.amount_ex_vat,
        vat=Vat(settlement.currency, settlement.vat_rate, settlement.vat_country),
        usage=usage,
        comment=comment,
        details=settlement.fare,
    )


def journal_amount(
    *,
    booking: Booking,
    leg_id: UUID,
    category: JournalCategory,
    amount: Decimal,
    vat: Vat,
    comment: str,
    amount_ex_vat: Decimal | None = None,
    usage: Usage | None = None,
) -> JournalEntry:
    """Add an amount, VAT included, of which `comment` says what it is for; credits are negative.

    `amount_ex_vat` is given where it is what is left of other amounts, each rounded for itself.
    """
    return _add(
        booking=booking,
        leg_id=leg_id,
        category=category,
        amount=amount,
        amount_ex_vat=without_vat(amount, vat.rate, vat.currency) if amount_ex_vat is None else amount_ex_vat,
        vat=vat,
        usage=usage,
        comment=comment,
        details=None,
    )


def _add(
    *,
    booking: Booking,
    leg_id: UUID,
    category: JournalCategory,
    amount: Decimal,
    amount_ex_vat: Decimal,
    vat: Vat,
    usage: Usage | None,
    comment: str,
    details: dict[str, Any] | None,
) -> JournalEntry:
    """The caller holds the lock on the booking, so the next sequence of its leg is free."""
    return JournalEntry.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        journal_id=leg_id,
        sequence=JournalEntry.objects.filter(journal_id=leg_id).count() + 1,
        category=category,
        amount=amount,
        amount_ex_vat=amount_ex_vat,
        currency=vat.currency,
        vat_rate=vat.rate,
        vat_country=vat.country,
        distance_km=Decimal(usage.distance_meters) / 1000 if usage else None,
        used_seconds=usage.seconds if usage else None,
        comment=comment,
        details=details,
    )
