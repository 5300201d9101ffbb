"""What one person may give back alone; beyond that a second one approves."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.payments.models import Claim, JournalEntry, RefundLimit
from apps.webhooks.models import OutboxMessage
from tests.pressing import press
from tests.rides import leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

SEEN = ["view_booking", "view_claim", "add_claim", "change_claim"]


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> str:
    """A ride that is over and cost 1.00."""
    return leg_that_is(mp, asset, "FINISHED")


def of_role(name: str, limit: str | None) -> Client:
    """Somebody with a role of that name, which may give back so much."""
    role = Group.objects.create(name=name)
    role.permissions.set(Permission.objects.filter(codename__in=SEEN))
    if limit is not None:
        RefundLimit.objects.create(role=role, currency="EUR", amount=Decimal(limit))
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(role)
    client = Client()
    client.force_login(user)
    return client


def give_back(staff: Client, ride: str, amount: str) -> str:
    answers = {
        "category": "REFUND",
        "amount": amount,
        "vat_rate": "21",
        "reason": "The lamp was off.",
    }
    address = reverse("admin:bookings_booking_do", args=[ride, "give-back"])
    return press(staff, address, answers, follow=True).content.decode()


def decide(staff: Client, button: str) -> str:
    claim = Claim.objects.get()
    address = reverse("admin:payments_claim_do", args=[claim.pk, button])
    return staff.post(address, {"reason": "looked at it"}, follow=True).content.decode()


def given_back() -> list[Decimal]:
    return list(JournalEntry.objects.filter(category="REFUND").values_list("amount", flat=True))


@pytest.mark.parametrize("limit", [None, "0.40", "5"])
def test_within_the_limit_it_is_given_back_at_once(ride: str, limit: str | None) -> None:
    give_back(of_role("desk", limit), ride, "0.40")
    assert given_back() == [Decimal("-0.40")]


def test_beyond_it_somebody_else_of_a_higher_limit_approves(ride: str) -> None:
    desk, colleague, finance = of_role("desk", "0.39"), of_role("colleague", "0.39"), of_role("finance", "10")
    assert "waits for somebody else" in give_back(desk, ride, "0.40")
    assert given_back() == []
    assert not OutboxMessage.objects.filter(subject="CLAIM").exists()
    assert "somebody else is to approve it" in decide(desk, "accept")
    assert "more than the 0.39 EUR you may give back" in decide(colleague, "accept")
    assert given_back() == []
    decide(finance, "accept")
    assert given_back() == [Decimal("-0.40")]
    assert OutboxMessage.objects.filter(subject="CLAIM").count() == 1
    assert breaches(now=timezone.now()) == []


def test_nobody_approves_what_they_asked_for_whatever_their_limit(ride: str) -> None:
    desk = of_role("desk", "0.10")
    give_back(desk, ride, "0.40")
    RefundLimit.objects.update(amount=10)
    assert "somebody else is to approve it" in decide(desk, "accept")
    assert given_back() == []


def test_what_is_not_approved_is_not_told_to_the_mp(ride: str) -> None:
    give_back(of_role("desk", "0"), ride, "0.40")
    before = OutboxMessage.objects.count()
    decide(of_role("finance", None), "reject")
    assert (Claim.objects.get().state, given_back()) == ("REJECTED", [])
    assert OutboxMessage.objects.count() == before


def test_more_than_was_charged_is_not_even_asked_for(ride: str) -> None:
    assert "No more is given back than was charged" in give_back(of_role("desk", "0"), ride, "1.01")
    assert not Claim.objects.exists()


def test_the_highest_limit_of_ones_roles_counts_and_that_of_the_currency(ride: str) -> None:
    desk = of_role("desk", "0.10")
    user = User.objects.get(username="desk")
    other = Group.objects.create(name="other")
    user.groups.add(other)
    RefundLimit.objects.create(role=other, currency="JPY", amount=10_000)
    assert "waits for somebody else" in give_back(desk, ride, "0.40")
    RefundLimit.objects.create(role=other, currency="EUR", amount=1)
    give_back(desk, ride, "0.41")
    assert given_back() == [Decimal("-0.41")]


def test_small_amounts_add_up(ride: str) -> None:
    desk, colleague = of_role("desk", "0.40"), of_role("colleague", "0.40")
    give_back(desk, ride, "0.30")
    assert "waits for somebody else" in give_back(desk, ride, "0.11")
    assert given_back() == [Decimal("-0.30")]
    give_back(colleague, ride, "0.11")
    assert given_back() == [Decimal("-0.30"), Decimal("-0.11")]


@pytest.mark.parametrize(
    ("amount", "currency", "refusal"),
    [
        ("-1", "EUR", "A limit is 0 or more."),
        ("0.001", "EUR", "EUR has 2 decimals."),
        ("0.5", "JPY", "JPY has 0 decimals."),
    ],
)
def test_a_limit_is_an_amount_of_its_currency(admin_client: Client, amount: str, currency: str, refusal: str) -> None:
    role = Group.objects.create(name="Careful")
    sent = {"role": role.pk, "amount": amount, "currency": currency}
    assert refusal in admin_client.post(reverse("admin:payments_refundlimit_add"), sent).text
    assert not RefundLimit.objects.exists()
