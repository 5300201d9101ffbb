"""Staff and an MP who give back the same money at once: no more than was charged."""

import threading
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.payments.extra_costs import ExtraCosts, accept, charge, fare_vat
from apps.payments.models import Claim, JournalCategory, JournalEntry
from tests.concurrency.test_races import at_once, outcome
from tests.rides import STAFF, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6
# More than half of the 1.00 that the ride cost.
MOST_OF_IT = Decimal("-0.60")


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> UUID:
    """A ride that is over and cost 1.00."""
    return UUID(leg_that_is(mp, asset, "FINISHED"))


def left() -> Decimal:
    """What the booking still owes."""
    total: Decimal = JournalEntry.objects.aggregate(total=Sum("amount"))["total"]
    return total


def test_one_of_many_gives_back(mp: TompClient, ride: UUID) -> None:
    costs = ExtraCosts(category="REFUND", amount=MOST_OF_IT, description="Sorry.")
    claimed = {"category": "CREDIT", "amount": float(MOST_OF_IT), "description": "The lamp was off."}
    assert mp.post(f"/payment/{ride}/claim-extra-costs", claimed).status == 200
    claim_id = Claim.objects.get().pk

    calls: list[Any] = [lambda: accept(claim_id=claim_id, actor=STAFF, reason="So it was.")]
    calls += [lambda: charge(booking_id=ride, journal_id=ride, costs=costs, actor=STAFF)] * (AT_ONCE - 1)
    outcomes = Counter(at_once([lambda call=call: outcome(call) for call in calls]))
    assert outcomes == {"ok": 1, "IllegalState": AT_ONCE - 1}
    assert left() == Decimal("0.40")
    assert breaches(now=timezone.now()) == []


def test_a_claim_that_is_sent_often_at_once_is_one(mp: TompClient, ride: UUID) -> None:
    claimed = {"category": "CREDIT", "amount": -0.5, "description": "The lamp was off."}
    answers = at_once([lambda: mp.post(f"/payment/{ride}/claim-extra-costs", claimed)] * AT_ONCE)
    assert {answer.status for answer in answers} == {200}
    assert Claim.objects.count() == 1


def test_without_the_lock_more_would_be_given_back_than_was_charged(ride: UUID) -> None:
    seen = threading.Barrier(2)

    def give_back(sequence: int) -> None:
        with transaction.atomic():
            enough = left() + MOST_OF_IT >= 0
            seen.wait(timeout=30)
            booking = Booking.objects.get(pk=ride)
            if enough:
                JournalEntry.objects.bulk_create([_credit(booking, sequence)])

    at_once([lambda number=number: give_back(number) for number in (2, 3)])
    assert left() == Decimal("-0.20")


def _credit(booking: Booking, sequence: int) -> JournalEntry:
    vat = fare_vat(booking, booking.pk)
    return JournalEntry(
        provider_id=booking.provider_id,
        booking=booking,
        journal_id=booking.pk,
        sequence=sequence,
        category=JournalCategory.REFUND,
        amount=MOST_OF_IT,
        amount_ex_vat=MOST_OF_IT,
        currency=vat.currency,
        vat_rate=vat.rate,
        vat_country=vat.country,
    )
