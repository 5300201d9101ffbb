"""Journal entries by the thousand, as no ride writes them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.payments.models import JournalCategory, JournalEntry
from apps.pricing.money import without_vat
from apps.providers.models import Provider
from tests import factories


def entries(provider: Provider, *amounts: tuple[str, str], times: int = 1, **fields: Any) -> None:
    """An entry for each amount and VAT rate, `times` over, a second apart and none in the future."""
    booking = factories.BookingFactory(provider=provider)
    since, number = timezone.now() - timedelta(seconds=len(amounts) * times), 0
    rows = []
    for _ in range(times):
        for amount, rate in amounts:
            number += 1
            exact = Decimal(amount)
            row = {
                "provider": provider,
                "booking": booking,
                "journal_id": booking.pk,
                "sequence": number,
                "category": JournalCategory.FARE if exact > 0 else JournalCategory.CREDIT,
                "amount": exact,
                "currency": "EUR",
                "vat_rate": Decimal(rate),
                "vat_country": "NL",
                "created_at": since + timedelta(seconds=number),
                **fields,
            }
            row.setdefault("amount_ex_vat", without_vat(exact, Decimal(rate), row["currency"]))
            rows.append(JournalEntry(**row))
    JournalEntry.objects.bulk_create(rows, batch_size=2000)
