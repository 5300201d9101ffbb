"""The journal as TOMP's `journalEntry` objects."""

from typing import Any

from apps.payments.claims import extra_costs
from apps.payments.models import JournalEntry
from apps.pricing.fares import fare_object


def journal_object(entry: JournalEntry) -> dict[str, Any]:
    """An entry as its MP sees it; `details` say how the amount is composed."""
    return {
        "journalId": str(entry.journal_id),
        "journalSequenceId": str(entry.sequence),
        "category": entry.category,
        "state": entry.state,
        "invoiceId": entry.invoice.number if entry.invoice else None,
        "invoiceDate": entry.invoice.issued_at if entry.invoice else None,
        "amount": entry.amount,
        "amountExVat": entry.amount_ex_vat,
        "currencyCode": entry.currency,
        "vatRate": entry.vat_rate,
        "vatCountryCode": entry.vat_country,
        "comment": entry.comment or None,
        "distance": entry.distance_km,
        "distanceType": "KM" if entry.distance_km is not None else None,
        "usedTime": entry.used_seconds,
        "details": fare_object(entry.details) if entry.details is not None else extra_costs(entry),
    }
