"""Claims: telling the MP at once of something in the journal. Source: TOMP 1.6.1 /payment/{id}/claim-extra-costs."""

from typing import Any

from apps.payments.models import Claim, JournalCategory, JournalEntry
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
    description = entry.comment or JournalCategory(entry.category).label
    return _extra_costs(entry, description, credits_are_positive=entry.provider.credits_are_positive)


def claimed_costs(received: Claim) -> dict[str, Any]:
    """What an MP claims as TOMP's `extraCosts`, in its words."""
    positive = received.booking.provider.credits_are_positive
    return {
        **_extra_costs(received, received.description, credits_are_positive=positive),
        "number": None if received.number is None else float(received.number),
        "numberType": received.number_type or None,
        "account": received.account,
        "meta": received.meta,
    }


def _extra_costs(of: JournalEntry | Claim, description: str, *, credits_are_positive: bool) -> dict[str, Any]:
    turned = of.amount < 0 and credits_are_positive
    sign = -1 if turned else 1
    return {
        "category": JournalCategory.REFUND if turned else of.category,
        "description": description,
        "amount": float(sign * of.amount),
        "amountExVat": float(sign * of.amount_ex_vat),
        "currencyCode": of.currency,
        "vatRate": float(of.vat_rate),
        "vatCountryCode": of.vat_country,
    }
