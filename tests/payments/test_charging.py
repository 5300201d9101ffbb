"""What each way of paying leaves in the journal, worked out by hand: 1.00 to start and 0.25 a minute."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.bookings.services import cancel, cancel_no_shows
from apps.payments.models import JournalEntry
from apps.providers.models import Provider
from apps.webhooks.models import OutboxMessage
from tests.profiles import client, document
from tests.rides import STAFF, at, confirmed, event, operate, pending
from tests.tomp_client import TompClient, checker

pytestmark = pytest.mark.django_db
DEPOSIT = [{"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}]


def journal() -> list[tuple[str, str]]:
    """Category and amount of each entry."""
    return [(entry.category, f"{entry.amount:.2f}") for entry in JournalEntry.objects.order_by("id")]


def claims() -> list[tuple[str, float]]:
    """Category and amount of each claim, each what the official document says."""
    sent = []
    for message in OutboxMessage.objects.filter(subject="CLAIM").order_by("id"):
        assert message.path == f"/payment/{message.booking_id}/claim-extra-costs"
        official = checker()
        headers = {"Accept-Language": "en", "Api": "TOMP", "Api-Version": "1.6.1", "maas-id": "us"}
        if official is not None:
            path = "/payment/{id}/claim-extra-costs"
            assert not official.check_request("POST", path, message.body, headers=headers)
        sent.append((message.body["category"], message.body["amount"]))
    return sent


def ten_minutes(mp: TompClient, asset: Any) -> str:
    """A booking until ten minutes from now: 3.50 by its estimate."""
    return confirmed(mp, asset, arrivalTime=at(timezone.now() + timedelta(minutes=10)))


def ride(mp: TompClient, leg: str, clock: Any, minutes: float) -> None:
    assert event(mp, leg, "SET_IN_USE").status == 200
    clock.shift(timedelta(minutes=minutes))
    assert event(mp, leg, "FINISH").status == 200
    assert breaches(now=timezone.now()) == []


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


def test_without_any_the_fare_is_due_at_the_end(mp: TompClient, asset: Any, clock: Any) -> None:
    leg = ten_minutes(mp, asset)
    assert journal() == []
    ride(mp, leg, clock, 6)
    assert (journal(), claims()) == ([("FARE", "2.50")], [])


def test_the_fare_is_claimed_as_soon_as_the_ride_is_over(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["PAY_WHEN_FINISHED"])
    ride(mp, ten_minutes(mp, asset), clock, 6)
    assert (journal(), claims()) == ([("FARE", "2.50")], [("FARE", 2.5)])


@pytest.mark.parametrize(
    ("minutes", "difference"), [(6, [("CREDIT", "-1.00")]), (10, []), (13, [("EXTRA_USAGE", "0.75")])]
)
def test_what_was_paid_in_advance_is_made_good_at_the_end(
    operator: Any, asset: Any, clock: Any, minutes: int, difference: list[Any]
) -> None:
    mp = client(payment=["UPFRONT_PAYMENT"])
    leg = ten_minutes(mp, asset)
    assert journal() == [("FARE", "3.50")]
    ride(mp, leg, clock, minutes)
    assert journal() == [("FARE", "3.50"), *difference]
    assert claims() == []


def test_the_difference_from_the_estimate_is_claimed(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["CORRECTION_BY_EXTRA_COSTS"])
    leg = ten_minutes(mp, asset)
    assert (journal(), claims()) == ([("FARE", "3.50")], [])
    ride(mp, leg, clock, 13)
    assert (journal(), claims()) == ([("FARE", "3.50"), ("EXTRA_USAGE", "0.75")], [("EXTRA_USAGE", 0.75)])


def test_where_nothing_is_known_of_the_ride_the_start_is_paid_in_advance(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["UPFRONT_PAYMENT"])
    leg = confirmed(mp, asset)
    assert journal() == [("FARE", "1.00")]
    ride(mp, leg, clock, 4)
    assert journal() == [("FARE", "1.00"), ("EXTRA_USAGE", "1.00")]


def test_a_deposit_is_claimed_and_returned(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(**document(payment=["DEPOSIT"], conditions=DEPOSIT))
    leg = ten_minutes(mp, asset)
    assert claims() == [("DEPOSIT", 50)]
    ride(mp, leg, clock, 6)
    assert journal() == [("DEPOSIT", "50.00"), ("REFUND", "-50.00"), ("FARE", "2.50")]
    assert claims() == [("DEPOSIT", 50), ("REFUND", -50)]


def test_a_deposit_is_an_amount_of_its_currency(operator: Any, asset: Any, clock: Any) -> None:
    odd = [{"conditionType": "conditionDeposit", "amount": 49.995, "currencyCode": "EUR"}]
    mp = client(**document(payment=["DEPOSIT"], conditions=odd))
    ten_minutes(mp, asset)
    assert [entry.amount for entry in JournalEntry.objects.all()] == [Decimal("50.00")]
    assert claims() == [("DEPOSIT", 50)]


def test_an_mp_that_takes_no_negative_amounts_gets_positive_refunds(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["CORRECTION_BY_EXTRA_COSTS"])
    Provider.objects.filter(pk=mp.provider.pk).update(credits_are_positive=True)
    ride(mp, ten_minutes(mp, asset), clock, 6)
    assert (journal()[-1], claims()) == (("CREDIT", "-1.00"), [("REFUND", 1.0)])


def test_a_hold_that_is_released_owes_nothing(operator: Any, asset: Any) -> None:
    mp = client(payment=["UPFRONT_PAYMENT", "DEPOSIT"], conditions=DEPOSIT, settings={"cancelFeePercent": 50})
    operate(mp, pending(mp, asset), "CANCEL")
    assert journal() == []


@pytest.mark.parametrize("payment", [["UPFRONT_PAYMENT"], ["CORRECTION_BY_EXTRA_COSTS"]])
def test_what_was_paid_for_a_cancelled_ride_is_given_back(operator: Any, asset: Any, payment: list[str]) -> None:
    mp = client(payment=[*payment, "DEPOSIT"], conditions=DEPOSIT)
    operate(mp, ten_minutes(mp, asset), "CANCEL")
    assert sum(Decimal(amount) for _, amount in journal()) == 0
    assert [category for category, _ in journal()] == ["FARE", "DEPOSIT", "REFUND", "REFUND"]
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize(("minutes", "fee"), [(5, []), (25, [("FINE", "1.75")])])
@pytest.mark.parametrize("of", ["booking", "leg"])
def test_cancelling_late_costs_what_was_agreed(
    operator: Any, asset: Any, clock: Any, minutes: int, fee: list[Any], of: str
) -> None:
    """3.50 by its estimate; 50 % from a quarter of an hour before the departure on."""
    mp = client(settings={"cancelFreeMinutes": 15, "cancelFeePercent": 50})
    departure = timezone.now() + timedelta(minutes=30)
    leg = confirmed(mp, asset, departureTime=at(departure), arrivalTime=at(departure + timedelta(minutes=10)))
    clock.shift(timedelta(minutes=minutes))
    answer = operate(mp, leg, "CANCEL") if of == "booking" else event(mp, leg, "CANCEL")
    assert answer.status == 200
    assert journal() == fee
    assert [amount for _, amount in claims()] == [float(amount) for _, amount in fee]
    assert breaches(now=timezone.now()) == []


def test_staff_cancel_for_nothing(operator: Any, asset: Any) -> None:
    mp = client(settings={"cancelFeePercent": 50})
    booking = ten_minutes(mp, asset)
    cancel(booking_id=Booking.objects.get(pk=booking).pk, actor=STAFF, reason="broken")
    assert journal() == []


def test_who_does_not_come_owes_the_agreed_fee(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["UPFRONT_PAYMENT"], settings={"noShowFeePercent": 100})
    ten_minutes(mp, asset)
    clock.shift(timedelta(minutes=16))
    assert cancel_no_shows() == 1
    assert journal() == [("FARE", "3.50"), ("REFUND", "-3.50"), ("FINE", "3.50")]
    assert breaches(now=timezone.now()) == []


def test_how_long_a_traveller_is_waited_for_the_process_says(operator: Any, asset: Any, clock: Any) -> None:
    """Its asset type waits for a quarter of an hour."""
    ten_minutes(client(settings={"noShowMinutes": 40}), asset)
    clock.shift(timedelta(minutes=39))
    assert cancel_no_shows() == 0
    clock.shift(timedelta(minutes=2))
    assert cancel_no_shows() == 1


def test_a_ride_cancelled_under_way_is_given_back(operator: Any, asset: Any, clock: Any) -> None:
    mp = client(payment=["UPFRONT_PAYMENT"])
    leg = ten_minutes(mp, asset)
    event(mp, leg, "SET_IN_USE")
    cancel(booking_id=Booking.objects.get(pk=leg).pk, actor=STAFF, reason="the chain broke")
    assert journal() == [("FARE", "3.50"), ("REFUND", "-3.50")]
    assert breaches(now=timezone.now()) == []
