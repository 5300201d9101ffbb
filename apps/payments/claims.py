"""Claims: telling the MP at once of something in the journal. Source: TOMP 1.6.1 /payment/{id}/claim-extra-costs."""

from typing import Any

from apps.payments.models import JournalCategory, JournalEntry
from apps.webhooks.services import enqueue


def claim(entry: JournalEntry) -> None:
    """Send an entry to the MP as `extraCosts`, in the caller's transaction."""
    booking = entry.booking
    path = f"/payment/{booking.pk}/claim-extra-costs"
    enqueue(booking=booking, subject="CLAIM", path=path, body=extra_costs(entry))


def extra_costs(entry: JournalEntry) -> dict[str, Any]:
    """The entry as TOMP's `extraCosts`: credits are negative.

    An MP that cannot take negative amounts gets them as positive ones of the category REFUND.
    """
    turned = entry.amount < 0 and entry.provider.credits_are_positive
    sign = -1 if turned else 1
    return {
        "category": JournalCategory.REFUND if turned else entry.category,
        "description": entry.comment or JournalCategory(entry.category).label,
        "amount": float(sign * entry.amount),
        "amountExVat": float(sign * entry.amount_ex_vat),
        "currencyCode": entry.currency,
        "vatRate": float(entry.vat_rate),
        "vatCountryCode": entry.vat_country,
    }
