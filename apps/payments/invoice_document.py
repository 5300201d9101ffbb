"""An invoice as a PDF: who bills whom for which period, what for, and the VAT of each rate.

Its lines are sums, one for each category and VAT, so that it stays a page or two however long the period; the entries
one by one are the invoice's table (`apps.payments.tables`).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils import formats, timezone, translation
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout

from apps.documents.pdf import new_document, write_line
from apps.payments.models import Invoice, JournalCategory
from apps.payments.selectors import InvoiceLine, lines_of
from apps.pricing.money import decimals_of

MARGIN = 20
NOTHING = Decimal(0)
NUMBERS = (Align.L, Align.R, Align.R, Align.R, Align.R)


def pdf(invoice: Invoice) -> bytes:
    """The invoice on A4, in English, whoever looks. Times are in the current time zone, amounts in its currency."""
    with translation.override("en"):
        return _drawn(invoice)


def _drawn(invoice: Invoice) -> bytes:
    title = "Credit note" if invoice.amount < 0 else "Invoice"
    document = new_document(size="A4", title=f"{title} {invoice.number}", language="en", margin=MARGIN)
    write_line(document, 9, invoice.issued_by)
    document.ln(10)
    write_line(document, 11, invoice.billed_to)
    document.ln(10)
    write_line(document, 18, f"{title} {invoice.number}")
    document.ln(2)
    write_line(document, 9, f"Date: {formats.date_format(timezone.localtime(invoice.issued_at), 'j F Y')}")
    write_line(document, 9, f"Period: {_period(invoice)}")
    write_line(document, 9, f"{invoice.entries} entries of the journal, one by one in {invoice.number}.csv")
    document.ln(6)
    lines = lines_of(invoice)
    _table(document, ("What for", "Entries", "Without VAT", "VAT", invoice.currency), _rows(lines, invoice.currency))
    document.ln(6)
    _table(document, ("VAT", "", "Without VAT", "VAT", invoice.currency), _rates(lines, invoice.currency))
    document.ln(6)
    write_line(document, 12, f"Total {invoice.currency} {_amount(invoice.amount, invoice.currency)}")
    return bytes(document.output())


def _period(invoice: Invoice) -> str:
    until = _moment(invoice.until)
    return f"until {until}" if invoice.since is None else f"{_moment(invoice.since)} until {until}"


def _moment(value: datetime) -> str:
    return formats.date_format(timezone.localtime(value), "j F Y, H:i")


def _rows(lines: Iterable[InvoiceLine], currency: str) -> list[tuple[str, ...]]:
    return [
        (
            f"{JournalCategory(line.category).label.capitalize()}, {_rate(line)}",
            str(line.entries),
            *_amounts(line.amount_ex_vat, line.amount, currency),
        )
        for line in lines
    ]


def _rates(lines: Iterable[InvoiceLine], currency: str) -> list[tuple[str, ...]]:
    """The sums of each VAT, and of all."""
    ex_vat: dict[str, Decimal] = defaultdict(Decimal)
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        ex_vat[_rate(line)] += line.amount_ex_vat
        amount[_rate(line)] += line.amount
    rates = [(rate, "", *_amounts(ex_vat[rate], amount[rate], currency)) for rate in amount]
    return [*rates, ("Total", "", *_amounts(sum(ex_vat.values(), NOTHING), sum(amount.values(), NOTHING), currency))]


def _rate(line: InvoiceLine) -> str:
    return f"VAT {line.vat_rate.normalize():f} % ({line.vat_country})"


def _amounts(ex_vat: Decimal, amount: Decimal, currency: str) -> tuple[str, str, str]:
    return _amount(ex_vat, currency), _amount(amount - ex_vat, currency), _amount(amount, currency)


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:,.{decimals_of(currency)}f}"


def _table(document: FPDF, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    document.set_font("sans", size=9)
    with document.table(
        text_align=NUMBERS,
        col_widths=(70, 20, 30, 25, 25),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        first_row_as_headings=False,
        line_height=6,
    ) as table:
        for row in (heads, *rows):
            table.row(row)
