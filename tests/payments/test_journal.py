"""The journal: the fare at FINISH; entries are added, never edited or deleted."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.payments.models import JournalEntry
from tests import factories
from tests.rides import leg_that_is

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(mp: Any, asset: Any) -> JournalEntry:
    """The entry of a ride that is over."""
    leg_that_is(mp, asset, "FINISHED")
    return JournalEntry.objects.get()


def test_a_finished_leg_owes_its_fare(mp: Any, entry: JournalEntry) -> None:
    assert (entry.provider, entry.category, entry.state, entry.sequence) == (mp.provider, "FARE", "TO_INVOICE", 1)
    assert (entry.amount, entry.amount_ex_vat, entry.currency) == (Decimal("1.00"), Decimal("0.83"), "EUR")
    assert entry.journal_id == entry.booking.legs.get().pk
    assert sum(Decimal(part["amount"]) for part in entry.details["parts"]) == entry.amount


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(amount=0),
        lambda rows: rows.update(comment="gift"),
        lambda rows: rows.update(details=None),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_refuses_to_edit_or_delete_it(entry: JournalEntry, change: Any) -> None:
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        change(JournalEntry.objects.all())
    assert JournalEntry.objects.get().amount == entry.amount


def test_it_can_be_invoiced_once(entry: JournalEntry) -> None:
    with pytest.raises(IntegrityError, match="journal_is_invoiced_on_an_invoice"), transaction.atomic():
        JournalEntry.objects.update(state="INVOICED")
    assert JournalEntry.objects.update(state="INVOICED", invoice=factories.InvoiceFactory(entry=entry)) == 1
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        JournalEntry.objects.update(state="TO_INVOICE", invoice=None)


def test_a_sequence_is_used_once(entry: JournalEntry) -> None:
    entry.pk = None
    with pytest.raises(IntegrityError, match="journal_sequence_is_used_once"), transaction.atomic():
        entry.save(force_insert=True)
