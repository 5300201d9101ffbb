"""The nightly check: what is broken is found and told once, what is mended is gone."""

from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.bookings import journal_check
from apps.bookings.journal_check import check_journal
from apps.bookings.tasks import check_journal as nightly
from apps.operator.models import Operator
from apps.payments.models import JournalFinding
from tests.factories import AssetFactory, soon
from tests.rides import leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
BREAK = "UPDATE legs_leg SET final_fare = jsonb_set(final_fare, '{parts,0,amount}', '\"7.00\"')"
MEND = "UPDATE legs_leg SET final_fare = jsonb_set(final_fare, '{parts,0,amount}', '\"1.00\"')"


def change(sql: str) -> None:
    """Do what no service does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
        assert cursor.rowcount, sql


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> str:
    """A ride that is over and cost 1.00."""
    Operator.objects.update(finance_email="money@operator.example")
    return leg_that_is(mp, asset, "FINISHED")


def test_it_is_found_told_once_and_gone_when_mended(ride: str, admin_client: Client, mailoutbox: Any) -> None:
    nightly()
    assert (JournalFinding.objects.count(), mailoutbox) == (0, [])
    change(BREAK)
    broken_at = timezone.now()
    nightly()
    finding = JournalFinding.objects.get()
    told = f"leg {ride} is FINISHED with 1 fares in the journal, which comes to 1.0000"
    assert (str(finding), str(finding.booking_id)) == (told, ride)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["money@operator.example"], "The journal does not add up: 1 new")
    assert told in mail.body
    assert reverse("admin:bookings_booking_change", args=[ride]) in mail.body
    page = admin_client.get(reverse("admin:payments_journalfinding_changelist")).content.decode()
    assert ride in page
    assert admin_client.get(reverse("admin:payments_journalfinding_change", args=[finding.pk])).status_code == 200
    with time_machine.travel(soon(24 * 60)):
        nightly()
    assert JournalFinding.objects.get().found_at == finding.found_at >= broken_at, "it is known since then"
    assert len(mailoutbox) == 1
    change(MEND)
    nightly()
    assert (JournalFinding.objects.count(), len(mailoutbox)) == (0, 1)


def test_the_command_lists_what_is_amiss_and_fails(ride: str, capsys: Any) -> None:
    call_command("check_journal")
    assert "The journal adds up." in capsys.readouterr().out
    change(BREAK)
    with pytest.raises(CommandError, match="1 findings"):
        call_command("check_journal")
    assert ride in capsys.readouterr().out


def test_what_is_beyond_the_limit_is_kept_and_not_mailed_again(
    mp: TompClient, ride: str, mailoutbox: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = leg_that_is(mp, AssetFactory(), "FINISHED")
    change(BREAK)
    nightly()
    assert JournalFinding.objects.count() == 2
    monkeypatch.setattr(journal_check, "MOST", 1)
    with pytest.raises(CommandError, match="1 findings"):
        call_command("check_journal")
    assert "There may be more" in capsys.readouterr().out
    assert JournalFinding.objects.count() == 2, "nobody knows that the other is mended"
    monkeypatch.undo()
    nightly()
    assert [str(ride) in mail.body and str(other) in mail.body for mail in mailoutbox] == [True], "mailed once"
    assert "There may be more" not in mailoutbox[0].body
    change(MEND)
    nightly()
    assert not JournalFinding.objects.exists()


def test_the_mail_says_where_there_may_be_more(
    mp: TompClient, ride: str, mailoutbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_check, "MOST", 1)
    change(BREAK)
    nightly()
    assert "There may be more" in mailoutbox[0].body


def test_without_an_address_it_is_kept_and_told_when_there_is_one(ride: str, mailoutbox: Any) -> None:
    Operator.objects.update(finance_email="")
    change(BREAK)
    nightly()
    assert (JournalFinding.objects.get().told_at, mailoutbox) == (None, [])
    Operator.objects.update(finance_email="money@operator.example")
    nightly()
    assert len(mailoutbox) == 1


def test_it_costs_the_same_however_much_is_in_order(mp: TompClient, ride: str, django_assert_num_queries: Any) -> None:
    for count in (0, 4):
        for _ in range(count):
            leg_that_is(mp, AssetFactory(), "FINISHED")
        with django_assert_num_queries(8):  # savepoint, three rules, what is mended, release, address, what is new
            check_journal(now=timezone.now())
