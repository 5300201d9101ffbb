"""Invoices as tables."""

import csv
from collections.abc import Iterator

from apps.payments.models import Invoice

COLUMNS = (
    "number",
    "booking",
    "leg",
    "sequence",
    "written",
    "category",
    "amount",
    "amount_ex_vat",
    "currency",
    "vat_rate",
    "vat_country",
    "distance_km",
    "used_seconds",
    "comment",
)
BATCH = 500


class _Line:
    """Takes what the CSV writer writes and gives it back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(invoice: Invoice) -> Iterator[str]:
    """The invoice's entries as lines of CSV (RFC 4180), times in UTC; memory does not grow with their number."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for entry in invoice.lines.order_by("id").iterator(chunk_size=BATCH):
        yield writer.writerow(
            [
                invoice.number,
                entry.booking_id,
                entry.journal_id,
                entry.sequence,
                entry.created_at.isoformat(),
                entry.category,
                entry.amount,
                entry.amount_ex_vat,
                entry.currency,
                entry.vat_rate,
                entry.vat_country,
                entry.distance_km,
                entry.used_seconds,
                _harmless(entry.comment),
            ]
        )


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
