"""POST /payment/{id}/claim-extra-costs: a credit that an MP claims, and what staff make of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import PurgedBooking
from apps.history.models import Transition
from apps.payments.models import Claim, JournalEntry
from apps.pricing.models import PricingPlan
from apps.providers.models import Provider
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.rides import confirmed, everything, leg_that_is, pending, with_second_leg
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
BROKEN_LAMP = {"category": "CREDIT", "amount": -0.5, "currencyCode": "EUR", "description": "The lamp did not work."}


def claimed(mp: TompClient, id: str, **fields: Any) -> Answer:  # noqa: A002
    """Claim a credit of 0.50, but for `fields`; None leaves one out."""
    body = {name: value for name, value in {**BROKEN_LAMP, **fields}.items() if value is not None}
    return mp.post(f"/payment/{id}/claim-extra-costs", body)


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> str:
    """A ride that is over and cost 1.00."""
    return leg_that_is(mp, asset, "FINISHED")


def decide(admin_client: Client, button: str, reason: str = "The lamp was off.", *, refused: bool = False) -> None:
    """Press it on the page of the only claim; what is refused is asked again."""
    claim = Claim.objects.get()
    page = reverse("admin:payments_claim_change", args=[claim.pk])
    address = reverse("admin:payments_claim_do", args=[claim.pk, button])
    assert address in admin_client.get(page).content.decode()
    assert admin_client.post(address, {"reason": reason}).status_code == (200 if refused else 302)


def told() -> list[tuple[str, str, Any]]:
    """Each message of money or of its answer: subject, path, body."""
    found = OutboxMessage.objects.filter(subject__in=["CLAIM", "OTHER"]).order_by("id")
    return [(one.subject, one.path, one.body) for one in found]


def test_a_credit_that_is_claimed_waits_for_staff(mp: TompClient, ride: str) -> None:
    answer = claimed(mp, ride, account={"name": "MaaS", "number": "NL02ABNA0123456789"}, meta={"ticket": "77"})
    assert answer.status == 200
    assert "state" not in answer.body, "nothing is in the journal yet"
    assert (answer.body["amount"], answer.body["amountExVat"], answer.body["vatRate"]) == (-0.5, -0.41, 21.0)
    assert answer.body["comment"] == "Received, to be decided."
    assert answer.body["details"]["description"] == "The lamp did not work."
    assert answer.body["details"]["account"]["number"] == "NL02ABNA0123456789"
    claim = Claim.objects.get()
    assert (claim.state, claim.claimant, str(claim.booking_id), str(claim.journal_id)) == ("RECEIVED", "MP", ride, ride)
    assert JournalEntry.objects.count() == 1
    assert Transition.objects.get(subject_kind="claim").event == "RECEIVE"


def test_accepted_it_is_an_entry_that_the_mp_is_told(mp: TompClient, ride: str, admin_client: Client) -> None:
    claimed(mp, ride)
    decide(admin_client, "accept")
    entries = mp.get("/payment/journal-entry").body
    assert [(one["journalSequenceId"], one["category"], one["amount"], one["state"]) for one in entries] == [
        ("1", "FARE", 1.0, "TO_INVOICE"),
        ("2", "CREDIT", -0.5, "TO_INVOICE"),
    ]
    ((subject, path, body),) = told()
    assert (subject, path) == ("CLAIM", f"/payment/{ride}/claim-extra-costs")
    assert (body["category"], body["amount"], body["description"]) == ("CREDIT", -0.5, "The lamp was off.")
    assert claimed(mp, ride).body == entries[1], "repeated, it tells what became of it"
    log = Transition.objects.filter(subject_kind="claim").exclude(event="LOOK").order_by("id")
    assert [(one.event, one.reason) for one in log] == [("RECEIVE", ""), ("ACCEPT", "The lamp was off.")]
    assert breaches(now=timezone.now()) == []


def test_rejected_it_comes_to_nothing_and_the_mp_is_told_why(mp: TompClient, ride: str, admin_client: Client) -> None:
    claimed(mp, ride)
    decide(admin_client, "reject", "It was broad daylight.")
    assert JournalEntry.objects.count() == 1
    ((subject, path, body),) = told()
    assert (subject, path) == ("OTHER", f"/bookings/{ride}/notifications")
    assert body["comment"] == "The claim of -0.5 EUR is rejected: It was broad daylight."
    assert claimed(mp, ride).body["comment"] == "Rejected: It was broad daylight."
    assert breaches(now=timezone.now()) == []


def test_what_is_decided_is_not_decided_again(mp: TompClient, ride: str, admin_client: Client) -> None:
    claimed(mp, ride)
    decide(admin_client, "accept")
    before = everything()
    address = reverse("admin:payments_claim_do", args=[Claim.objects.get().pk, "reject"])
    admin_client.post(address, {"reason": "or not"})
    assert (Claim.objects.get().state, everything()) == ("ACCEPTED", before)


def test_the_same_once_more_is_the_same_claim(mp: TompClient, ride: str) -> None:
    first = claimed(mp, ride)
    assert (claimed(mp, ride).body, Claim.objects.count()) == (first.body, 1)
    claimed(mp, ride, description="The bell did not work either.")
    assert Claim.objects.count() == 2


def test_one_of_the_legs_can_be_meant(mp: TompClient, asset: Any) -> None:
    booking = confirmed(mp, asset)
    second = with_second_leg(booking, factories.AssetFactory())
    assert claimed(mp, str(second.pk)).body["journalId"] == str(second.pk)
    assert str(Claim.objects.get().booking_id) == booking


def test_an_mp_that_takes_no_negative_amounts_claims_positive_ones(
    mp: TompClient, ride: str, admin_client: Client
) -> None:
    Provider.objects.filter(pk=mp.provider.pk).update(credits_are_positive=True)
    refused = claimed(mp, ride)
    assert (refused.status, refused.body["errorcode"]) == (400, 6002)
    assert claimed(mp, ride, amount=0.5, category="FINE").status == 400
    answer = claimed(mp, ride, amount=0.5)
    assert (answer.body["amount"], answer.body["details"]["amount"]) == (-0.5, 0.5)
    decide(admin_client, "accept")
    assert JournalEntry.objects.order_by("-id")[0].amount == -0.5
    ((_, _, body),) = told()
    assert (body["category"], body["amount"]) == ("REFUND", 0.5)


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "another currency": ({"currencyCode": "USD"}, 6002),
    "half a cent": ({"amount": -0.505}, 6002),
    "what the MP owes": ({"amount": 0.5}, 6002),
    "nothing": ({"amount": 0}, 6002),
    "more than there is": ({"amount": -1e300}, 6002),
    "an amount without VAT that does not fit": ({"amountExVat": -0.5}, 6002),
    "a VAT rate that is none": ({"vatRate": 101}, 6002),
    "an unknown category": ({"category": "BEER"}, 6002),
    "words as amount": ({"amount": "half"}, 6002),
    "no amount": ({"amount": None}, 6001),
    "no category": ({"category": None}, 6001),
    "no description": ({"description": None}, 6001),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_claimed_is_refused_and_leaves_nothing(mp: TompClient, ride: str, case: str) -> None:
    fields, code = REFUSED[case]
    before = everything()
    answer = claimed(mp, ride, **fields)
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert (everything(), Claim.objects.count()) == (before, 0)


def test_yen_have_no_decimals(mp: TompClient, asset: Any) -> None:
    PricingPlan.objects.update(currency="JPY")
    ride = leg_that_is(mp, asset, "FINISHED")
    assert claimed(mp, ride, currencyCode="JPY").status == 400
    assert claimed(mp, ride, currencyCode="JPY", amount=-1).status == 200


@pytest.mark.parametrize("booking", ["0d5c1f9e-6a51-4f0e-9a35-1c7f6f5b2a11", "nobody's"])
def test_an_unknown_booking_is_404(mp: TompClient, booking: str) -> None:
    answer = claimed(mp, booking)
    assert (answer.status, answer.body["errorcode"]) == (404, 6204)


def test_another_mps_booking_is_404(stranger: TompClient, ride: str) -> None:
    answer = claimed(stranger, ride)
    assert (answer.status, answer.body["errorcode"], Claim.objects.count()) == (404, 6204, 0)


def test_nothing_is_owed_for_what_was_never_agreed(mp: TompClient, asset: Any) -> None:
    answer = claimed(mp, pending(mp, asset))
    assert (answer.status, answer.body["errorcode"], Claim.objects.count()) == (403, 6004, 0)


@pytest.mark.parametrize("amount", [-1.01, -0.6])
def test_no_more_is_credited_than_was_charged(mp: TompClient, ride: str, admin_client: Client, amount: float) -> None:
    """0.60 twice are more than 1.00."""
    claimed(mp, ride, amount=amount)
    if amount == -0.6:
        decide(admin_client, "accept")
        claimed(mp, ride, amount=amount, description="And the bell.")
    last = Claim.objects.order_by("-id")[0]
    before = everything()
    address = reverse("admin:payments_claim_do", args=[last.pk, "accept"])
    refused = admin_client.post(address, {"reason": "why not"})
    assert everything() == before
    assert "No more is given back than was charged" in refused.text
    assert "why not" in refused.text
    last.refresh_from_db()
    assert last.state == "RECEIVED"


def test_nothing_is_credited_before_the_ride_is_over(mp: TompClient, asset: Any, admin_client: Client) -> None:
    """What it costs is not known by then."""
    ride = leg_that_is(mp, asset, "IN_USE")
    assert claimed(mp, ride).status == 200
    decide(admin_client, "accept", refused=True)
    assert (Claim.objects.get().state, JournalEntry.objects.count()) == ("RECEIVED", 0)


def test_it_takes_so_many_statements(mp: TompClient, ride: str, django_assert_num_queries: Any) -> None:
    claimed(mp, ride, description="The first one.")
    # the credential; savepoint, booking, claim, fares, the new claim, log, release
    with django_assert_num_queries(8):
        claimed(mp, ride)
    with django_assert_num_queries(5):  # … and what there is
        claimed(mp, ride)


def test_a_claim_is_found_by_its_booking(mp: TompClient, ride: str, admin_client: Client) -> None:
    claimed(mp, ride)
    page = reverse("admin:payments_claim_changelist")
    claim = reverse("admin:payments_claim_change", args=[Claim.objects.get().pk])
    assert claim in admin_client.get(page, {"q": ride}).content.decode()
    assert claim not in admin_client.get(page, {"q": str(factories.BookingFactory().pk)}).content.decode()


def test_a_booking_that_was_purged_is_gone(mp: TompClient, ride: str) -> None:
    gone = "0d5c1f9e-6a51-4f0e-9a35-1c7f6f5b2a11"
    PurgedBooking.objects.create(pk=gone, provider=mp.provider, gone_at=timezone.now())
    assert claimed(mp, gone).status == 410
