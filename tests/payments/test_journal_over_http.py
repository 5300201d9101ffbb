"""GET /payment/journal-entry."""

from typing import Any

import pytest
from django.db import connection

from apps.payments.models import JournalEntry
from apps.payments.selectors import JournalFilter, entries_of
from tests import factories
from tests.payments.many_entries import entries
from tests.rides import leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
PATH = "/payment/journal-entry"


@pytest.fixture
def legs(mp: TompClient, operator: Any) -> list[str]:
    """Three rides that are over, the last one invoiced."""
    legs = [leg_that_is(mp, factories.AssetFactory(), "FINISHED") for _ in range(3)]
    last = JournalEntry.objects.get(journal_id=legs[2])
    JournalEntry.objects.filter(pk=last.pk).update(state="INVOICED", invoice=factories.InvoiceFactory(entry=last))
    return legs


def ids(mp: TompClient, query: str = "") -> list[str]:
    answer = mp.get(f"{PATH}?{query}")
    assert answer.status == 200, answer
    return [entry["journalId"] for entry in answer.body]


def test_an_entry_says_what_for_and_how_much(mp: TompClient, legs: list[str]) -> None:
    entry = mp.get(f"{PATH}?id={legs[0]}").body[0]
    assert entry["journalId"] == legs[0]
    assert {"journalSequenceId": "1", "category": "FARE", "state": "TO_INVOICE", "amount": 1.0}.items() <= entry.items()
    assert sum(part["amount"] for part in entry["details"]["parts"]) == entry["amount"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("state=TO_INVOICE", [0, 1]),
        ("state=INVOICED", [2]),
        ("category=FARE", [0, 1, 2]),
        ("category=ALL", [0, 1, 2]),
        ("category=DAMAGE", []),
        ("from=2000-01-01T00:00:00Z&to=2001-01-01T00:00:00Z", []),
        ("from=2000-01-01T00:00:00Z", [0, 1, 2]),
        ("id=nobody", []),
        ("id=0d5c1f9e-6a51-4f0e-9a35-1c7f6f5b2a11", []),
        ("offset=1&limit=1", [1]),
    ],
)
def test_entries_are_selected(mp: TompClient, legs: list[str], query: str, found: list[int]) -> None:
    assert ids(mp, query) == [legs[number] for number in found]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=PAID", 6002),
        ("category=BEER", 6002),
        ("from=yesterday", 6002),
        ("limit=1001", 6009),
        ("offset=-1", 6002),
    ],
)
def test_what_cannot_be_asked_is_refused(mp: TompClient, query: str, code: int) -> None:
    answer = mp.get(f"{PATH}?{query}")
    assert (answer.status, answer.body["errorcode"]) == (400, code)


def test_another_mp_sees_nothing_of_it(stranger: TompClient, legs: list[str]) -> None:
    assert ids(stranger) == []
    assert ids(stranger, f"id={legs[0]}") == []


def test_pages_lead_on_and_an_unchanged_one_is_304(mp: TompClient, legs: list[str]) -> None:
    page = mp.get(f"{PATH}?limit=2")
    assert 'rel="next"' in page.headers["Link"]
    headers = {**mp.headers, "If-None-Match": page.headers["ETag"]}
    assert mp.client.get(f"/tomp{PATH}?limit=2", headers=headers).status_code == 304


@pytest.mark.parametrize(
    "query",
    [
        "limit=5",
        "limit=5&offset={middle}",
        "limit=5&offset={last}",
        "limit=5&offset={last}&state=TO_INVOICE",
        "limit=5&category=CREDIT",
        "limit=5&from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
    ],
)
def test_a_page_costs_the_same_however_long_the_journal_is(
    mp: TompClient, stranger: TompClient, query: str, django_assert_num_queries: Any
) -> None:
    entries(stranger.provider, ("1.00", "21"), times=100)
    ids(mp)
    for pairs in (10, 490):
        entries(mp.provider, ("1.00", "21"), ("-0.30", "21"), times=pairs)
        there = JournalEntry.objects.filter(provider=mp.provider).count()
        page = f"{PATH}?{query.format(middle=there // 2, last=there - 5)}"
        with django_assert_num_queries(2):  # the credential, the entries
            assert len(mp.get(page).body) == 5


def test_pages_follow_each_other_without_a_gap(mp: TompClient) -> None:
    entries(mp.provider, ("1.00", "21"), ("-0.30", "21"), times=6)
    numbers = [entry["journalSequenceId"] for start in (0, 5, 10) for entry in mp.get(page_from(start)).body]
    assert numbers == [str(number + 1) for number in range(12)]
    assert "Link" not in mp.get(page_from(10)).headers


def page_from(offset: int) -> str:
    return f"{PATH}?limit=5&offset={offset}"


@pytest.mark.parametrize(
    "wanted",
    [JournalFilter(), JournalFilter(state="TO_INVOICE", category="FARE"), JournalFilter(since=factories.soon(-60))],
)
def test_what_lies_before_a_page_is_read_in_the_index_alone(mp: TompClient, wanted: JournalFilter) -> None:
    entries(mp.provider, ("1.00", "21"), times=200)
    keys = entries_of(mp.provider, wanted).values("pk")[100:106]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    assert "Index Only Scan using journal_page_of_provider" in keys.explain()
