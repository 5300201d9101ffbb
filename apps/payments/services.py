"""Writing the journal. Entries are added in the transaction of what they are for."""

from decimal import Decimal
from uuid import UUID

from apps.bookings.models import Booking
from apps.payments.models import JournalCategory, JournalEntry
from apps.pricing.settling import Settlement
from apps.pricing.usage import Usage


def journal_fare(*, booking: Booking, leg_id: UUID, settlement: Settlement, usage: Usage) -> JournalEntry:
    """Add the final fare of a finished leg. The caller holds the lock on the leg, so its sequence is free."""
    sequence = JournalEntry.objects.filter(journal_id=leg_id).count() + 1
    return JournalEntry.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        journal_id=leg_id,
        sequence=sequence,
        category=JournalCategory.FARE,
        amount=settlement.amount,
        amount_ex_vat=settlement.amount_ex_vat,
        currency=settlement.currency,
        vat_rate=settlement.vat_rate,
        vat_country=settlement.vat_country,
        distance_km=Decimal(usage.distance_meters) / 1000,
        used_seconds=usage.seconds,
        details=settlement.fare,
    )
