"""An invoice as PDF and as CSV: the same to the cent, and no larger in memory for a longer period."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from apps.operator.models import Operator
from apps.payments.invoice_document import pdf
from apps.payments.invoicing import close_invoices
from apps.payments.models import Invoice
from apps.payments.tables import csv_lines
from apps.providers.models import Provider
from tests import factories
from tests.payments.many_entries import entries

pytestmark = pytest.mark.django_db


def text_of(document: bytes) -> str:
    """All that the pages say, each run of blanks one."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def closed(provider: Provider) -> Invoice:
    (invoice,) = close_invoices(provider=provider, until=timezone.now())
    return invoice


@pytest.fixture
def parties(provider: Provider) -> Provider:
    """An operator and an MP with addresses."""
    Operator.objects.update(
        legal_name={"en": "Cykler ApS"}, postal_address="Rådhuspladsen 1\n1550 København", vat_number="DK12345678"
    )
    provider.name, provider.billing_address = "Всё просто", "Λεωφόρος 3\nΑθήνα"
    provider.save(update_fields=["name", "billing_address"])
    return provider


def test_it_names_both_parties_and_adds_up_by_rate(parties: Provider, admin_client: Client) -> None:
    """Three times 1.00 with 21 % (0.83 and 0.17), twice 0.50 with 9 % (0.46 and 0.04), 0.30 credited with 21 %."""
    entries(parties, ("1.00", "21"), ("1.00", "21"), ("1.00", "21"), ("0.50", "9"), ("0.50", "9"), ("-0.30", "21"))
    invoice = closed(parties)
    answer = admin_client.get(reverse("admin:payments_invoice_pdf", args=[invoice.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    told = text_of(answer.content)
    assert "Cykler ApS Rådhuspladsen 1 1550 København VAT DK12345678" in told
    assert "Всё просто Λεωφόρος 3 Αθήνα" in told
    assert f"Invoice {invoice.number}" in told
    assert "Credit, VAT 21 % (NL) 1 -0.25 -0.05 -0.30" in told
    assert "Fare, VAT 9 % (NL) 2 0.92 0.08 1.00" in told
    assert "Fare, VAT 21 % (NL) 3 2.49 0.51 3.00" in told
    assert "VAT 21 % (NL) 2.24 0.46 2.70 VAT 9 % (NL) 0.92 0.08 1.00 Total 3.16 0.54 3.70" in told
    assert "Total EUR 3.70" in told
    lines = list(csv.DictReader(csv_lines(invoice)))
    assert sum(Decimal(line["amount"]) for line in lines) == invoice.amount == Decimal("3.70")
    assert sum(Decimal(line["amount_ex_vat"]) for line in lines) == invoice.amount_ex_vat == Decimal("3.16")


def test_a_change_of_address_changes_no_invoice(parties: Provider) -> None:
    entries(parties, ("1.00", "21"))
    invoice = closed(parties)
    Operator.objects.update(postal_address="elsewhere")
    Provider.objects.update(billing_address="elsewhere")
    assert "elsewhere" not in text_of(pdf(Invoice.objects.get(pk=invoice.pk)))


def test_each_currency_is_an_invoice_of_its_own_with_its_decimals(parties: Provider) -> None:
    entries(parties, ("1200", "10"), currency="JPY")
    entries(parties, ("1.005", "0"), currency="KWD")
    yen, dinars = close_invoices(provider=parties, until=timezone.now())
    assert "Total JPY 1,200" in text_of(pdf(yen))
    assert "1,200.00" not in text_of(pdf(yen))
    assert "Total KWD 1.005" in text_of(pdf(dinars))


def test_what_is_owed_to_the_mp_is_a_credit_note(parties: Provider) -> None:
    entries(parties, ("-5.00", "21"))
    assert f"Credit note {closed(parties).number}" in text_of(pdf(Invoice.objects.get()))


def test_it_is_in_english_whoever_looks(parties: Provider) -> None:
    entries(parties, ("1.00", "21"))
    invoice = closed(parties)
    told = text_of(pdf(invoice))
    with override("nl"):
        assert text_of(pdf(invoice)) == told


def peak(work: Callable[[], Any]) -> int:
    """The most memory that `work` has at once, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_period_takes_no_more_memory_and_statements(operator: Any, django_assert_num_queries: Any) -> None:
    first, few, many = factories.ProviderFactory.create_batch(3)
    entries(first, ("1.00", "21"))
    entries(few, ("1.00", "21"), times=1_500)
    entries(many, ("1.00", "21"), times=6_000)
    peaks: dict[str, list[int]] = {"close": [], "csv": [], "pdf": []}
    pdf(closed(first))  # what is loaded once
    for provider in (few, many):
        with django_assert_num_queries(9):
            peaks["close"].append(peak(lambda provider=provider: closed(provider)))
        invoice = provider.invoices.get()
        with django_assert_num_queries(1):
            peaks["csv"].append(peak(lambda invoice=invoice: sum(1 for _ in csv_lines(invoice))))
        with django_assert_num_queries(1):
            peaks["pdf"].append(peak(lambda invoice=invoice: pdf(invoice)))
    for what, (one, four_times) in peaks.items():
        assert four_times < one * 1.25 + 100_000, (what, peaks)
