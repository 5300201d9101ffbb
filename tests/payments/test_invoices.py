"""Closing invoices: everything once, nothing twice, and a table of it."""

import csv
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.payments.invoicing import close_invoices
from apps.payments.models import Invoice, JournalEntry
from apps.tomp.errors import IllegalState, Invalid
from tests import factories
from tests.rides import leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def rides(mp: TompClient, count: int) -> None:
    for _ in range(count):
        leg_that_is(mp, factories.AssetFactory(), "FINISHED")


def test_all_entries_go_into_one_invoice_and_into_no_second(mp: TompClient, stranger: TompClient) -> None:
    rides(mp, 3)
    rides(stranger, 1)
    (invoice,) = close_invoices(provider=mp.provider, until=timezone.now())
    assert (invoice.entries, invoice.amount, invoice.amount_ex_vat) == (3, Decimal("3.00"), Decimal("2.49"))
    assert invoice.number == f"{timezone.localdate().year}-000001"
    assert set(JournalEntry.objects.filter(provider=mp.provider).values_list("state", "invoice")) == {
        ("INVOICED", invoice.pk)
    }
    with pytest.raises(IllegalState, match="nothing"):
        close_invoices(provider=mp.provider, until=timezone.now())
    rides(mp, 1)
    (second,) = close_invoices(provider=mp.provider, until=timezone.now())
    assert (second.entries, second.number) == (1, f"{timezone.localdate().year}-000002")


def test_the_mp_reads_on_which_invoice_an_entry_is(mp: TompClient) -> None:
    rides(mp, 1)
    (invoice,) = close_invoices(provider=mp.provider, until=timezone.now())
    (entry,) = mp.get("/payment/journal-entry").body
    assert (entry["state"], entry["invoiceId"]) == ("INVOICED", invoice.number)


def test_a_period_that_is_not_over_has_no_invoice(mp: TompClient) -> None:
    rides(mp, 1)
    with pytest.raises(Invalid, match="over"):
        close_invoices(provider=mp.provider, until=timezone.now() + timedelta(minutes=1))
    before = timezone.now() - timedelta(days=1)
    told = f"nothing to invoice: {mp.provider.name} has no entry from before {before:%Y-%m-%d}"
    with pytest.raises(IllegalState, match=told):
        close_invoices(provider=mp.provider, until=before)
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("count", [1, 6])
def test_it_costs_the_same_for_any_number_of_entries(
    mp: TompClient, count: int, django_assert_num_queries: Any
) -> None:
    rides(mp, count)
    # savepoint, provider, operator, sums, lock, number, invoice, entries, release
    with django_assert_num_queries(9):
        close_invoices(provider=mp.provider, until=timezone.now())


def test_staff_close_it_and_take_the_table(mp: TompClient, admin_client: Client) -> None:
    rides(mp, 2)
    until = timezone.localtime(timezone=ZoneInfo("Europe/Amsterdam"))
    address = reverse("admin:providers_provider_do", args=[mp.provider.pk, "close-invoices"])
    form = {"until": until.strftime("%Y-%m-%dT%H:%M:%S.%f")}
    assert admin_client.post(address, form).status_code == 302
    invoice = Invoice.objects.get()
    answer = admin_client.get(reverse("admin:payments_invoice_csv", args=[invoice.pk]))
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert [line["amount"] for line in lines] == ["1.0000", "1.0000"]
    assert {line["number"] for line in lines} == {invoice.number}


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_files_are_for_those_who_may_see_invoices(
    mp: TompClient, client: Client, django_user_model: Any, kind: str
) -> None:
    rides(mp, 1)
    (invoice,) = close_invoices(provider=mp.provider, until=timezone.now())
    client.force_login(django_user_model.objects.create_user("clerk", password="x", is_staff=True))
    assert client.get(reverse(f"admin:payments_invoice_{kind}", args=[invoice.pk])).status_code == 403
