"""The journal as TOMP's `journalEntry` objects."""

from typing import Any

from apps.payments.claims import claimed_costs, extra_costs
from apps.payments.models import Claim, ClaimState, JournalEntry
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


def claim_object(claim: Claim) -> dict[str, Any]:
    """A claim as its MP sees it: its entry once it is accepted, else a `journalEntry` that is not in the journal.

    Such a one has neither sequence nor state; its comment says what became of the claim.
    """
    if claim.entry is not None:
        return journal_object(claim.entry)
    return {
        "journalId": str(claim.journal_id),
        "category": claim.category,
        "amount": claim.amount,
        "amountExVat": claim.amount_ex_vat,
        "currencyCode": claim.currency,
        "vatRate": claim.vat_rate,
        "vatCountryCode": claim.vat_country,
        "comment": f"Rejected: {claim.answer}" if claim.state == ClaimState.REJECTED else "Received, to be decided.",
        "details": claimed_costs(claim),
    }
