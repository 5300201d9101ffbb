"""A journey of each kind of payment, over HTTP, to its invoice. The figures are worked out by hand.

A ride costs 1.00 to start and 0.25 a minute, 21 % VAT included, each part rounded to the cent:

| ride | start | minutes | together | without VAT |
|---|---|---|---|---|
| 10 minutes, as estimated | 1.00 | 2.50 | 3.50 | 0.83 + 2.07 = 2.90 |
| 13 minutes | 1.00 | 3.25 | 4.25 | 0.83 + 2.69 = 3.52 |
| 6 minutes | 1.00 | 1.50 | 2.50 | 0.83 + 1.24 = 2.07 |
| 60 minutes parked | 1.00 | 15.00 | 16.00 | 0.83 + 12.40 = 13.23 |

The difference from the estimate is 0.75 (0.62 without VAT), or -1.00 (-0.83).
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.bookings import services
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.payments import extra_costs
from apps.payments.extra_costs import ExtraCosts
from apps.payments.invoicing import close_invoices
from apps.payments.models import Claim
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import STAFF, at, confirmed, event, offer, operate
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
FIFTY = {"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}
# Category, amount, amount without VAT.
Line = tuple[str, float, float]
FARE: Line = ("FARE", 4.25, 3.52)
ESTIMATE: Line = ("FARE", 3.5, 2.9)
MORE: Line = ("EXTRA_USAGE", 0.75, 0.62)
GIVEN: Line = ("DEPOSIT", 50.0, 50.0)
RETURNED: Line = ("REFUND", -50.0, -50.0)

# The process, what is in the journal after a ride of 13 minutes that was estimated at 10, and what of it was claimed.
KINDS: dict[str, tuple[dict[str, Any], list[Line], list[Line]]] = {
    "on the invoice": ({}, [FARE], []),
    "when finished": ({"payment": ["PAY_WHEN_FINISHED"]}, [FARE], [FARE]),
    "up front": ({"payment": ["UPFRONT_PAYMENT"]}, [ESTIMATE, MORE], []),
    "up front, corrected by extra costs": (
        {"payment": ["UPFRONT_PAYMENT", "CORRECTION_BY_EXTRA_COSTS"]},
        [ESTIMATE, MORE],
        [MORE],
    ),
    "corrected by extra costs": ({"payment": ["CORRECTION_BY_EXTRA_COSTS"]}, [ESTIMATE, MORE], [MORE]),
    "with a deposit": (
        {"payment": ["DEPOSIT"], "conditions": [FIFTY]},
        [GIVEN, RETURNED, FARE],
        [GIVEN, RETURNED],
    ),
    "with a deposit, when finished": (
        {"payment": ["DEPOSIT", "PAY_WHEN_FINISHED"], "conditions": [FIFTY]},
        [GIVEN, RETURNED, FARE],
        [GIVEN, RETURNED, FARE],
    ),
    "with a deposit, up front": (
        {"payment": ["DEPOSIT", "UPFRONT_PAYMENT"], "conditions": [FIFTY]},
        [ESTIMATE, GIVEN, RETURNED, MORE],
        [GIVEN, RETURNED],
    ),
    "when finished, as the asset type has it": (
        {"assetTypes": {"bike": {"conditions": [{"conditionType": "conditionPayWhenFinished"}]}}},
        [FARE],
        [FARE],
    ),
    "up front with a deposit, as the asset type has it": (
        {"assetTypes": {"bike": {"conditions": [FIFTY, {"conditionType": "conditionUpfrontPayment"}]}}},
        [ESTIMATE, GIVEN, RETURNED, MORE],
        [GIVEN, RETURNED],
    ),
}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


@pytest.fixture
def bike(operator: Any) -> Any:
    return factories.AssetFactory(asset_type=factories.AssetTypeFactory(type_id="bike"))


def journal(mp: TompClient) -> list[Line]:
    """What the MP reads, in order and each numbered on from the one before it on its leg."""
    entries = mp.get("/payment/journal-entry").body
    assert [entry["journalSequenceId"] for entry in entries] == [str(number + 1) for number in range(len(entries))]
    return [(entry["category"], entry["amount"], entry["amountExVat"]) for entry in entries]


def claims() -> list[Line]:
    """What was claimed from the MP."""
    sent = OutboxMessage.objects.filter(subject="CLAIM").order_by("id").values_list("body", flat=True)
    return [(body["category"], body["amount"], body["amountExVat"]) for body in sent]


def ride(mp: TompClient, leg: str, clock: Any, minutes: int) -> None:
    assert event(mp, leg, "SET_IN_USE").status == 200
    clock.shift(timedelta(minutes=minutes))
    assert event(mp, leg, "FINISH").status == 200


def invoiced(mp: TompClient) -> tuple[Decimal, Decimal]:
    """Close the invoice: its amount, and that without VAT. Nothing is amiss by then."""
    assert breaches(now=timezone.now()) == []
    (invoice,) = close_invoices(provider=mp.provider, until=timezone.now())
    assert {entry["invoiceId"] for entry in mp.get("/payment/journal-entry").body} == {invoice.number}
    return invoice.amount, invoice.amount_ex_vat


def in_ten_minutes() -> str:
    return at(timezone.now() + timedelta(minutes=10))


@pytest.mark.parametrize("kind", KINDS)
def test_a_ride_is_paid(bike: Any, clock: Any, kind: str) -> None:
    process, entries, claimed = KINDS[kind]
    mp = client(**process)
    ride(mp, confirmed(mp, bike, arrivalTime=in_ten_minutes()), clock, 13)
    assert (journal(mp), claims()) == (entries, claimed)
    clock.shift(1)
    assert invoiced(mp) == (Decimal("4.25"), Decimal("3.52")), "whatever the kind, the ride costs the same"


@pytest.mark.parametrize("kind", ["up front", "corrected by extra costs"])
def test_a_shorter_ride_is_credited(bike: Any, clock: Any, kind: str) -> None:
    mp = client(**KINDS[kind][0])
    ride(mp, confirmed(mp, bike, arrivalTime=in_ten_minutes()), clock, 6)
    assert journal(mp) == [ESTIMATE, ("CREDIT", -1.0, -0.83)]
    clock.shift(1)
    assert invoiced(mp) == (Decimal("2.50"), Decimal("2.07"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_ride_that_does_not_take_place_costs_nothing(bike: Any, clock: Any, kind: str) -> None:
    mp = client(**KINDS[kind][0])
    assert operate(mp, confirmed(mp, bike, arrivalTime=in_ten_minutes()), "CANCEL").status == 200
    entries = journal(mp)
    assert sum(Decimal(str(amount)) for _, amount, _ in entries) == 0
    assert sum(Decimal(str(amount)) for _, _, amount in entries) == 0
    assert breaches(now=timezone.now()) == []


def test_a_commit_that_is_postponed_charges_when_staff_commit(bike: Any, clock: Any) -> None:
    mp = client(booking=["POSTPONED_COMMIT"], payment=["UPFRONT_PAYMENT", "DEPOSIT"], conditions=[FIFTY])
    booking = mp.post("/bookings", {"id": offer(mp, bike, arrivalTime=in_ten_minutes())}).body["id"]
    assert mp.get(f"/bookings/{booking}").body["state"] == "CONDITIONAL_CONFIRMED"
    assert journal(mp) == []
    services.commit(booking_id=Booking.objects.get().pk, actor=STAFF)
    assert (journal(mp), claims()) == ([ESTIMATE, GIVEN], [GIVEN])
    ride(mp, booking, clock, 13)
    assert journal(mp) == [ESTIMATE, GIVEN, RETURNED, MORE]
    clock.shift(1)
    assert invoiced(mp) == (Decimal("4.25"), Decimal("3.52"))


def test_the_bill_of_a_parked_car_is_picked_up(operator: Any, clock: Any) -> None:
    process = {"planning": [], "booking": ["ONE_STOP", "PICK_UP_THE_BILL"], "payment": ["PAY_WHEN_FINISHED"]}
    mp = client(**process)
    car = factories.ParkedCarFactory(since=timezone.now() - timedelta(minutes=60))
    asked = {"from": {"stationId": car.station.station_id}, "useAssets": [car.plate]}
    assert mp.post("/bookings/one-stop", asked).body["state"] == "FINISHED"
    parked = [("FARE", 16.0, 13.23)]
    assert (journal(mp), claims()) == (parked, parked)
    clock.shift(1)
    assert invoiced(mp) == (Decimal("16.00"), Decimal("13.23"))


def test_a_credit_that_is_claimed_and_money_given_back_go_on_the_next_invoice(bike: Any, clock: Any) -> None:
    """4.25 is invoiced; then 1.21 credited as the MP claims, 0.50 given back (0.41), 12.10 charged for a scratch."""
    mp = client()
    booking = confirmed(mp, bike, arrivalTime=in_ten_minutes())
    ride(mp, booking, clock, 13)
    clock.shift(1)
    assert invoiced(mp) == (Decimal("4.25"), Decimal("3.52"))
    asked = {"category": "CREDIT", "amount": -1.21, "description": "The lamp did not work."}
    assert mp.post(f"/payment/{booking}/claim-extra-costs", asked).status == 200
    extra_costs.accept(claim_id=Claim.objects.get().pk, actor=STAFF, reason="So it was.")
    for category, amount in (("REFUND", "-0.50"), ("DAMAGE", "12.10")):
        costs = ExtraCosts(category=category, amount=Decimal(amount), description="Seen to.")
        key = Booking.objects.get().pk
        extra_costs.charge(booking_id=key, journal_id=key, costs=costs, actor=STAFF)
    corrections = [("CREDIT", -1.21, -1.0), ("REFUND", -0.5, -0.41), ("DAMAGE", 12.1, 10.0)]
    assert (journal(mp), claims()) == ([FARE, *corrections], corrections)
    assert breaches(now=timezone.now()) == []
    clock.shift(1)
    (second,) = close_invoices(provider=mp.provider, until=timezone.now())
    assert (second.entries, second.amount, second.amount_ex_vat) == (3, Decimal("10.39"), Decimal("8.59"))
