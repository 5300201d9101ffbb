"""What staff charge and give back: an entry at once, a claim to the MP; on an invoice of the next period."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.payments.invoicing import close_invoices
from apps.payments.models import Claim, JournalEntry
from apps.pricing.models import PricingPlan
from apps.webhooks.models import OutboxMessage
from tests import factories, pressing
from tests.profiles import client
from tests.rides import confirmed, event, everything, leg_that_is, pending, with_second_leg
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
SCRATCH = {"category": "DAMAGE", "amount": "12.10", "vat_rate": "21", "reason": "A scratch in the frame."}
SORRY = {"category": "REFUND", "amount": "0.40", "vat_rate": "21", "reason": "The lamp was off."}


def press(admin_client: Client, button: str, subject: str, *, page: str = "bookings_booking", **answers: str) -> str:
    """Fill in the button's form; returns the page that follows."""
    form = {**(SCRATCH if button == "extra-costs" else SORRY), **answers}
    answer = pressing.press(admin_client, reverse(f"admin:{page}_do", args=[subject, button]), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def journal() -> list[tuple[str, str, str]]:
    """Category, amount and amount without VAT of each entry."""
    entries = JournalEntry.objects.order_by("id")
    return [(entry.category, f"{entry.amount:.2f}", f"{entry.amount_ex_vat:.2f}") for entry in entries]


def claims() -> list[tuple[str, float]]:
    """Category and amount of each claim sent."""
    sent = OutboxMessage.objects.filter(subject="CLAIM").order_by("id")
    return [(message.body["category"], message.body["amount"]) for message in sent]


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> str:
    """A ride that is over and cost 1.00."""
    return leg_that_is(mp, asset, "FINISHED")


@pytest.mark.parametrize("page", ["bookings_booking", "legs_leg"])
def test_costs_are_in_the_journal_and_claimed_at_once(ride: str, admin_client: Client, page: str) -> None:
    press(admin_client, "extra-costs", ride, page=page)
    assert journal() == [("FARE", "1.00", "0.83"), ("DAMAGE", "12.10", "10.00")]
    assert claims() == [("DAMAGE", 12.1)]
    claim = Claim.objects.get()
    assert (claim.state, claim.claimant, claim.entry) == ("ACCEPTED", "TO", JournalEntry.objects.order_by("-id")[0])
    assert breaches(now=timezone.now()) == []


def test_what_is_given_back_is_a_credit(ride: str, admin_client: Client) -> None:
    press(admin_client, "give-back", ride)
    assert journal()[1:] == [("REFUND", "-0.40", "-0.33")]
    assert claims() == [("REFUND", -0.4)]
    assert breaches(now=timezone.now()) == []


def test_no_more_is_given_back_than_was_charged(ride: str, admin_client: Client) -> None:
    press(admin_client, "give-back", ride)
    press(admin_client, "give-back", ride)
    before = everything()
    assert "of this booking 0.20 EUR is left" in press(admin_client, "give-back", ride)
    assert (everything(), Claim.objects.count()) == (before, 2)
    press(admin_client, "extra-costs", ride, amount="0.20")
    press(admin_client, "give-back", ride)
    assert sum(Decimal(amount) for _, amount, _ in journal()) == 0
    assert sum(Decimal(amount) for _, _, amount in journal()) == 0, "rounded five times, and the VAT is right"


def test_what_has_been_invoiced_is_corrected_on_the_next_invoice(
    mp: TompClient, ride: str, admin_client: Client
) -> None:
    (first,) = close_invoices(provider=mp.provider, until=timezone.now())
    press(admin_client, "give-back", ride)
    (second,) = close_invoices(provider=mp.provider, until=timezone.now())
    assert (first.amount, second.amount, second.amount_ex_vat) == (Decimal("1.00"), Decimal("-0.40"), Decimal("-0.33"))


@pytest.mark.parametrize("amount", ["-1", "0", "0.001", "100000000", "much"])
def test_an_amount_that_is_none_is_refused(ride: str, admin_client: Client, amount: str) -> None:
    before = everything()
    press(admin_client, "extra-costs", ride, amount=amount)
    assert (everything(), Claim.objects.count()) == (before, 0)


def test_dinars_have_three_decimals(mp: TompClient, asset: Any, admin_client: Client) -> None:
    PricingPlan.objects.update(currency="KWD")
    ride = leg_that_is(mp, asset, "FINISHED")
    press(admin_client, "extra-costs", ride, amount="0.001", vat_rate="0")
    assert JournalEntry.objects.order_by("-id")[0].amount == Decimal("0.001")


def test_costs_of_a_ride_under_way_are_no_part_of_its_fare(operator: Any, asset: Any, admin_client: Client) -> None:
    """Its fare is settled as if they were not there: 1.00 in advance and 1.00 in the end."""
    mp = client(payment=["UPFRONT_PAYMENT"])
    ride = leg_that_is(mp, asset, "IN_USE")
    press(admin_client, "extra-costs", ride, category="EXTRA_USAGE")
    assert event(mp, ride, "FINISH").status == 200
    assert journal() == [("FARE", "1.00", "0.83"), ("EXTRA_USAGE", "12.10", "10.00")]
    assert breaches(now=timezone.now()) == []


def test_costs_of_a_booking_of_several_legs_are_of_all_of_it(mp: TompClient, asset: Any, admin_client: Client) -> None:
    booking = confirmed(mp, asset)
    second = with_second_leg(booking, factories.AssetFactory())
    press(admin_client, "extra-costs", str(second.pk), page="legs_leg")
    assert JournalEntry.objects.get().journal_id == second.pk
    assert breaches(now=timezone.now()) == []


def test_the_buttons_are_there_where_they_fit(mp: TompClient, asset: Any, ride: str, admin_client: Client) -> None:
    def offered(booking: str) -> list[str]:
        page = admin_client.get(reverse("admin:bookings_booking_change", args=[booking])).content.decode()
        return [name for name in ("extra-costs", "give-back") if f"/do/{name}/" in page]

    assert offered(ride) == ["extra-costs", "give-back"]
    assert offered(confirmed(mp, factories.AssetFactory())) == ["extra-costs"]
    assert offered(pending(mp, factories.AssetFactory())) == []


def test_finance_charges_and_an_auditor_does_not(ride: str, client: Client) -> None:
    for role, status in (("Finance", 200), ("Auditor", 403)):
        somebody = get_user_model().objects.create_user(role, is_staff=True)
        somebody.groups.add(Group.objects.get(name=role))
        client.force_login(somebody)
        address = reverse("admin:bookings_booking_do", args=[ride, "extra-costs"])
        assert client.get(address).status_code == status
        assert client.get(reverse("admin:payments_claim_changelist")).status_code == 200


def broken(sql: str) -> list[str]:
    """What is found after doing what no service does."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount, sql
    return [f"{breach.subject}: {breach.problem}" for breach in breaches(now=timezone.now())]


def test_a_claim_that_is_not_in_the_journal_as_it_was_accepted_is_found(ride: str, admin_client: Client) -> None:
    press(admin_client, "extra-costs", ride)
    found = f"claim {Claim.objects.get().pk}: of 13.0000 EUR came to 12.1000 EUR in the journal"
    assert broken("UPDATE payments_claim SET amount = 13") == [found]


COPY_ENTRY = """
INSERT INTO payments_journalentry (provider_id, booking_id, journal_id, sequence, category, state, amount,
    amount_ex_vat, currency, vat_rate, vat_country, comment, created_at)
SELECT provider_id, booking_id, {}, sequence + 1, '{}', state, {}, amount_ex_vat, currency, vat_rate, vat_country,
    comment, created_at FROM payments_journalentry
"""


def test_an_entry_for_nothing_is_found(ride: str) -> None:
    (found,) = broken(COPY_ENTRY.format("gen_random_uuid()", "FINE", "5"))
    assert found.startswith(f"booking {ride}: entry ")
    assert found.endswith("of 5.0000 EUR is for none of its legs and for no claim")


def test_a_booking_that_is_owed_money_is_found(ride: str) -> None:
    found = broken(COPY_ENTRY.format("journal_id", "VOUCHER", "-3"))
    assert f"booking {ride}: is FINISHED and 2.0000 EUR more were given back than charged" in found
