"""What the support desk does to a booking and its legs: shown before it is done, and done as it was shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.fleet.withdrawing import withdraw
from apps.history.models import Transition
from apps.legs.models import Leg, LegEvent, LockCommand, Replacement
from apps.payments.models import Claim, JournalEntry, RefundLimit
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.pressing import press
from tests.profiles import client as mp_with
from tests.rides import STAFF, at, confirmed, event, everything, leg_that_is, offer, with_second_leg
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
FEE = {"cancelFeePercent": 50}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still at a whole minute, until it is told to move."""
    with time_machine.travel(timezone.now().replace(second=0, microsecond=0), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(operator: Any) -> Client:
    """Somebody with the role Support desk."""
    ship_roles()
    staff = Client()
    staff.force_login(of_role("Support desk"))
    return staff


def address(button: str, subject: Any, page: str = "legs_leg") -> str:
    return reverse(f"admin:{page}_do", args=[subject, button])


def all_there_is() -> tuple[Any, ...]:
    """All that a preview must leave as it was."""
    more = (Replacement, Claim, LockCommand)
    return (*everything(), *(list(model.objects.order_by("pk").values_list()) for model in more))


def shown(staff: Client, at_address: str, **answers: Any) -> dict[str, list[tuple[str, str]]]:
    """What the page says will come of it, by what it is about; nothing has happened by then."""
    before = all_there_is()
    answer = staff.post(at_address, {"reason": "as the caller said", **answers})
    assert answer.status_code == 200, answer
    assert answer.context["preview"] is not None, answer.context["form"].errors
    assert all_there_is() == before
    lines: dict[str, list[tuple[str, str]]] = {}
    for what, now, then in answer.context["preview"]:
        lines.setdefault(what, []).append((now, then))
    return lines


def done(staff: Client, at_address: str, **answers: Any) -> str:
    """The page that follows once it has been done."""
    return press(staff, at_address, {"reason": "as the caller said", **answers}, follow=True).text


def refused(staff: Client, at_address: str, **answers: Any) -> str:
    """Why it cannot be, as the form says before anything is done."""
    before = all_there_is()
    answer = staff.post(at_address, {"reason": "as the caller said", **answers})
    assert answer.context["preview"] is None
    assert all_there_is() == before
    return " ".join(message for messages in answer.context["form"].errors.values() for message in messages)


def local(moment: datetime) -> str:
    """As a field for a moment is filled in."""
    return timezone.localtime(moment, AMSTERDAM).strftime("%Y-%m-%dT%H:%M")


def ten_minutes(mp: TompClient, asset: Any) -> str:
    """A ride of ten minutes from now on: 3.50 by its estimate."""
    return confirmed(mp, asset, arrivalTime=at(timezone.now() + timedelta(minutes=10)))


# Cancelling


@pytest.mark.parametrize(("page", "kind"), [("bookings_booking", "booking"), ("legs_leg", "leg")])
def test_staff_charge_the_agreed_fee_for_cancelling_where_they_say_so(
    desk: Client, asset: Any, page: str, kind: str
) -> None:
    mp = mp_with(settings=FEE)
    ride = ten_minutes(mp, asset)
    cancel = address("cancel", ride, page)
    assert "As agreed: EUR 1.75" in desk.get(cancel).text
    lines = shown(desk, cancel, fee="agreed")
    assert lines["Booking"] == [("confirmed", "cancelled")]
    assert lines[f"Asset {asset.code}"] == [("reserved", "available")]
    assert lines["Charged so far"] == [("nothing", "EUR 1.75")]
    assert lines["Reserved"][0][1] == "nothing"
    assert ("–", "is sent a claim of EUR 1.75") in lines[str(mp.provider)]

    page_after = done(desk, cancel, fee="agreed")
    entry = JournalEntry.objects.get()
    assert (entry.category, entry.amount) == ("FINE", Decimal("1.75"))
    told = {message.subject: message.body for message in OutboxMessage.objects.filter(booking=ride)}
    assert told["CLAIM"]["amount"] == 1.75
    if kind == "booking":
        assert told["CANCEL"]["fee"] == {"amount": 1.75, "currencyCode": "EUR"}
        assert "Fine: EUR 1.75" in page_after
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("page", ["bookings_booking", "legs_leg"])
def test_without_a_word_staff_charge_nothing_and_the_log_says_what_was_waived(
    desk: Client, asset: Any, page: str
) -> None:
    ride = ten_minutes(mp_with(settings=FEE), asset)
    cancel = address("cancel", ride, page)
    assert shown(desk, cancel, fee="none")["Journal"] == [("–", "no entry")]
    done(desk, cancel, fee="none")
    assert Booking.objects.get().state == "CANCELLED"
    assert not JournalEntry.objects.exists()
    assert Transition.objects.get(event="WAIVE_FEE").reason == "1.75 EUR"
    assert all("fee" not in message.body for message in OutboxMessage.objects.all())
    assert "waive fee" in desk.get(reverse("admin:bookings_booking_change", args=[ride])).text


def test_what_we_cancel_for_an_asset_that_goes_is_waived_by_nobody(operator: Any, asset: Any) -> None:
    ride = ten_minutes(mp_with(settings=FEE), asset)
    withdraw(asset_id=asset.pk, event="retire", cancelling=[UUID(ride)], actor=STAFF, reason="the frame is broken")
    assert Booking.objects.get().state == "CANCELLED"
    assert not JournalEntry.objects.exists()
    assert not Transition.objects.filter(event="WAIVE_FEE").exists()


def test_where_no_fee_is_owed_none_is_asked_about(desk: Client, mp: TompClient, asset: Any) -> None:
    ride = confirmed(mp, asset)
    form = desk.get(address("cancel", ride, "bookings_booking")).context["form"]
    assert list(form.fields) == ["reason"]
    done(desk, address("cancel", ride, "bookings_booking"))
    assert not Transition.objects.filter(event="WAIVE_FEE").exists()


def test_what_was_paid_in_advance_is_given_back_beside_the_fee(desk: Client, asset: Any) -> None:
    ride = ten_minutes(mp_with(payment=["UPFRONT_PAYMENT"], settings=FEE), asset)
    cancel = address("cancel", ride, "bookings_booking")
    assert shown(desk, cancel, fee="agreed")["Charged so far"] == [("EUR 3.50", "EUR 1.75")]
    assert [then for _, then in shown(desk, cancel, fee="agreed")["Journal"]] == [
        "Refund: EUR -3.50 (The ride was cancelled.)",
        "Fine: EUR 1.75 (Cancelled late: 50 % of 3.50 EUR.)",
    ]
    done(desk, cancel, fee="agreed")
    assert breaches(now=timezone.now()) == []


def test_of_a_group_under_way_the_fee_is_for_who_has_not_begun(desk: Client, asset: Any) -> None:
    """The terms speak of rides that have not begun."""
    mp = mp_with(settings=FEE)
    ride = ten_minutes(mp, asset)
    second = with_second_leg(ride, factories.AssetFactory(asset_type=asset.asset_type))
    event(mp, ride, "SET_IN_USE")
    cancel = address("cancel", ride, "bookings_booking")
    assert shown(desk, cancel, fee="agreed")["Leg 1"] == [("in use", "cancelled")]
    done(desk, cancel, fee="agreed")
    assert JournalEntry.objects.get().journal_id == second.pk


def test_what_has_changed_since_the_preview_is_shown_anew(desk: Client, mp: TompClient, asset: Any) -> None:
    """Nobody cancels a ride that began while they looked at a booking that nobody rode."""
    ride = confirmed(mp, asset)
    cancel, answers = address("cancel", ride, "bookings_booking"), {"reason": "they called"}
    looked_at = desk.post(cancel, answers)
    assert event(mp, ride, "SET_IN_USE").status == 200
    before = all_there_is()
    shown_anew = desk.post(cancel, {**answers, "previewed": looked_at.context["previewed"]})
    assert "Things have changed since you looked." in shown_anew.text
    assert ("Leg", "in use", "cancelled") in shown_anew.context["preview"]
    assert all_there_is() == before
    assert desk.post(cancel, {**answers, "previewed": shown_anew.context["previewed"]}).status_code == 302
    assert Booking.objects.get(pk=ride).state == "CANCELLED"


def test_a_choice_that_is_not_there_changes_nothing(desk: Client, asset: Any) -> None:
    ride = ten_minutes(mp_with(settings=FEE), asset)
    before = all_there_is()
    press(desk, address("cancel", ride), {"reason": "x", "fee": "double"})
    assert all_there_is() == before


# Finishing a ride that is stuck


def test_a_stuck_ride_is_shown_with_its_fare_at_the_chosen_time(
    desk: Client, mp: TompClient, asset: Any, clock: Any
) -> None:
    ride = leg_that_is(mp, asset, "IN_USE")
    clock.shift(timedelta(hours=2))
    ended = timezone.now() - timedelta(minutes=110)
    finish = address("finish", ride)
    lines = shown(desk, finish, ended_at=local(ended))
    assert lines["Leg"] == [("in use", "finished")]
    assert lines["Fare"][0][1] == lines["Charged so far"][0][1] == "EUR 3.50"
    assert lines[f"Asset {asset.code}"] == [("in use", "available")]
    assert lines[str(mp.provider)] == [("–", "is sent the leg as it then is")]
    done(desk, finish, ended_at=local(ended))
    assert JournalEntry.objects.get().amount == Decimal("3.50")


def test_what_the_lock_is_to_do_is_shown_and_not_done(desk: Client, operator: Any) -> None:
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    bike = factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))
    SimulatedLock.objects.create(asset=bike)
    ride = leg_that_is(mp_with(tripExecution=["LOCK_UNLOCK_REMOTELY"]), bike, "IN_USE")
    finish, told = address("finish", ride), LockCommand.objects.count()
    assert shown(desk, finish)[f"Lock of {bike.code}"] == [("unlocked", "is to close")]
    assert f"Lock of {bike.code}" not in shown(desk, finish, without_lock="on")
    assert SimulatedLock.objects.get().state == "UNLOCKED"
    assert LockCommand.objects.count() == told
    done(desk, finish)
    assert SimulatedLock.objects.get().state == "LOCKED"


# Another asset


def test_another_asset_is_shown_with_what_the_mp_hears(desk: Client, mp: TompClient, asset: Any) -> None:
    same = factories.AssetFactory(asset_type=asset.asset_type)
    cargo = factories.AssetFactory()
    ride = confirmed(mp, asset)
    replace = address("replace-asset", ride)
    lines = shown(desk, replace, asset=same.pk)
    assert lines["Asset"] == [(str(asset), str(same))]
    assert lines[f"Asset {asset.code}"] == [("reserved", "available")]
    assert lines[f"Asset {same.code}"] == [("available", "reserved")]
    assert lines["From the pick-up point"] == [("0 m", "0 m")]
    assert lines["Journal"] == [("–", "no entry")]
    assert lines[str(mp.provider)] == [("–", "is told ASSIGN_ASSET: “as the caller said”")]

    lines = shown(desk, replace, asset=cargo.pk)
    assert lines[str(mp.provider)] == [("–", "is asked to agree to an asset of another type")]
    assert f"{cargo} instead, held until" in lines["Asked of the MP"][0][1]
    done(desk, replace, asset=cargo.pk)
    lines = shown(desk, address("ask-no-longer", ride))
    assert lines["Asked of the MP"][0][1] == "–"
    assert lines[f"Asset {cargo.code}"] == [("reserved", "available")]


# Other times


def test_staff_extend_a_ride_and_the_mp_is_told(desk: Client, mp: TompClient, asset: Any, clock: Any) -> None:
    ride = ten_minutes(mp, asset)
    event(mp, ride, "SET_IN_USE")
    later = timezone.now() + timedelta(minutes=30)
    extend = address("time-extend", ride)
    lines = shown(desk, extend, time=local(later))
    assert lines["Fare"] == [("about EUR 3.50", "about EUR 8.50")]
    assert "Arrival" in lines
    assert lines[str(mp.provider)] == [("–", "is sent the leg as it then is")]
    done(desk, extend, time=local(later))
    assert Leg.objects.get().arrival_time == Booking.objects.get().arrival_time == later
    message = OutboxMessage.objects.get()
    assert (message.method, message.path) == ("PUT", f"/legs/{ride}")
    assert datetime.fromisoformat(message.body["arrivalTime"]) == later
    row = Transition.objects.get(event="TIME_EXTEND")
    assert (row.actor_kind, row.actor_name, row.reason) == ("TO", "support-desk", "as the caller said")
    assert LegEvent.objects.latest("id").asked_for == later


def test_staff_postpone_a_ride_that_has_not_begun(desk: Client, mp: TompClient, asset: Any, clock: Any) -> None:
    start = timezone.now() + timedelta(minutes=30)
    ride = confirmed(mp, asset, departureTime=at(start), arrivalTime=at(start + timedelta(minutes=20)))
    postpone, later = address("time-postpone", ride), start + timedelta(minutes=10)
    assert shown(desk, postpone, time=local(later))["Fare"] == [("about EUR 6.00", "about EUR 3.50")]
    done(desk, postpone, time=local(later))
    assert Leg.objects.get().departure_time == Booking.objects.get().departure_time == later
    assert "before the agreed arrival" in refused(desk, postpone, time=local(start + timedelta(minutes=20)))
    assert "the past" in refused(desk, postpone, time=local(timezone.now() - timedelta(minutes=1)))


def test_no_ride_is_extended_into_what_is_promised(
    desk: Client, mp: TompClient, stranger: TompClient, asset: Any
) -> None:
    start = timezone.now() + timedelta(hours=1)
    ride = ten_minutes(mp, asset)
    confirmed(stranger, asset, departureTime=at(start), arrivalTime=at(start + timedelta(hours=1)))
    extend = address("time-extend", ride)
    assert "the asset is promised then" in refused(desk, extend, time=local(start + timedelta(minutes=30)))
    before = all_there_is()
    done(desk, extend, time=local(start + timedelta(minutes=30)))
    assert all_there_is() == before


def test_what_is_over_has_no_other_times(desk: Client, mp: TompClient, asset: Any) -> None:
    page = desk.get(reverse("admin:legs_leg_change", args=[leg_that_is(mp, asset, "FINISHED")])).text
    assert "/do/time-extend/" not in page
    assert "/do/time-postpone/" not in page


# Answering, issues, money


@pytest.mark.parametrize(
    ("button", "state", "asset_state"), [("commit", "confirmed", "reserved"), ("deny", "rejected", "available")]
)
def test_an_answer_to_a_booking_is_shown(desk: Client, asset: Any, button: str, state: str, asset_state: str) -> None:
    mp = mp_with(booking=["POSTPONED_COMMIT"])
    booking = mp.post("/bookings", {"id": offer(mp, asset)}).body["id"]
    lines = shown(desk, address(button, booking, "bookings_booking"))
    assert lines["Booking"][0][0].startswith("conditionally confirmed, until")
    assert lines["Booking"][0][1] == state
    assert lines[f"Asset {asset.code}"] == [("reserved", asset_state)]
    assert lines[str(mp.provider)] == [("–", f"is told {button.upper()}: “as the caller said”")]


def test_an_issue_and_its_end_are_shown(desk: Client, mp: TompClient, asset: Any) -> None:
    ride = leg_that_is(mp, asset, "PAUSED")
    assert shown(desk, address("report-issue", ride))["Leg"] == [("paused", "issue reported")]
    done(desk, address("report-issue", ride))
    assert shown(desk, address("resolve-issue", ride))["Leg"] == [("issue reported", "paused")]


def test_money_is_shown_with_who_has_to_approve_it(desk: Client, mp: TompClient, asset: Any) -> None:
    RefundLimit.objects.create(role=Group.objects.get(name="Support desk"), currency="EUR", amount=Decimal("0.39"))
    ride = leg_that_is(mp, asset, "FINISHED")
    charge, back = address("extra-costs", ride), address("give-back", ride, "bookings_booking")
    lines = shown(desk, charge, category="DAMAGE", amount="12.10", vat_rate="21")
    assert lines["Charged so far"] == [("EUR 1.00", "EUR 13.10")]
    assert lines[str(mp.provider)] == [("–", "is sent a claim of EUR 12.10")]

    credit = {"category": "REFUND", "vat_rate": "21"}
    assert shown(desk, back, amount="0.39", **credit)["Charged so far"] == [("EUR 1.00", "EUR 0.61")]
    lines = shown(desk, back, amount="0.40", **credit)
    assert lines["Charged so far"] == [("EUR 1.00", "EUR 1.00")]
    assert "somebody else has to approve it" in lines["Second person"][0][1]
    assert "is told nothing" in lines[str(mp.provider)][0][1]
    assert "No more is given back than was charged" in refused(desk, back, amount="1.01", **credit)


# Once, and from the booking's page


def test_a_form_that_is_sent_again_says_that_it_is_done(desk: Client, mp: TompClient, asset: Any) -> None:
    charge = address("extra-costs", leg_that_is(mp, asset, "FINISHED"))
    token = str(desk.get(charge).context["token"])
    costs = {"category": "DAMAGE", "amount": "12.10", "vat_rate": "21", "token": token}
    preview = desk.post(charge, {"reason": "a scratch", **costs})
    assert str(preview.context["token"]) == token
    assert "claimed" in done(desk, charge, **costs)
    before = all_there_is()
    assert "has been done already" in done(desk, charge, **costs)
    assert all_there_is() == before
    assert str(desk.get(charge).context["token"]) != token


def test_a_form_that_was_refused_can_be_sent_again(desk: Client, mp: TompClient, asset: Any) -> None:
    back = address("give-back", leg_that_is(mp, asset, "FINISHED"))
    credit = {"category": "REFUND", "vat_rate": "21", "token": "7d5bbcd6-13d5-4d9d-8b0e-2f1a2f6a5a11"}
    assert "No more is given back" in done(desk, back, amount="5", **credit)
    assert "in the journal" in done(desk, back, amount="0.50", **credit)


def test_a_lock_is_worked_once_by_a_form(desk: Client, operator: Any) -> None:
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    bike = factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))
    SimulatedLock.objects.create(asset=bike)
    ride = leg_that_is(mp_with(), bike, "IN_USE")
    unlock = address("unlock", ride)
    token = {"token": "7d5bbcd6-13d5-4d9d-8b0e-2f1a2f6a5a12"}
    assert "it has said so" in done(desk, unlock, **token)
    assert "was tried already" in done(desk, unlock, **token)
    assert LockCommand.objects.filter(event="STAFF").count() == 1


def test_the_bookings_page_offers_what_may_be_done_to_each_leg_and_takes_staff_back(
    desk: Client, mp: TompClient, asset: Any
) -> None:
    ride = leg_that_is(mp, asset, "IN_USE")
    page = reverse("admin:bookings_booking_change", args=[ride])
    shown_there = desk.get(page).text
    finish = f"{address('finish', ride)}?from=booking"
    assert all(f"{address(one, ride)}?from=booking" in shown_there for one in ("finish", "time-extend", "report-issue"))
    assert "/do/correct/" not in shown_there
    assert desk.get(finish).context["back"] == page
    answer = press(desk, finish, {"reason": "as the caller said"})
    assert answer.headers["Location"] == page
    assert f"{address('correct', ride)}?from=booking" in desk.get(page).text
    elsewhere = f"{address('correct', ride)}?from=https://example.org"
    assert desk.get(elsewhere).context["back"] == reverse("admin:legs_leg_change", args=[ride])


def test_who_may_change_no_legs_is_offered_nothing_there(client: Client, mp: TompClient, asset: Any) -> None:
    ship_roles()
    client.force_login(of_role("Auditor"))
    ride = leg_that_is(mp, asset, "IN_USE")
    assert "?from=booking" not in client.get(reverse("admin:bookings_booking_change", args=[ride])).text


def test_more_legs_cost_the_page_no_statement(desk: Client, mp: TompClient, asset: Any) -> None:
    ride = confirmed(mp, asset)
    page = reverse("admin:bookings_booking_change", args=[ride])

    def cost() -> int:
        desk.get(page)
        with CaptureQueriesContext(connection) as queries:
            desk.get(page)
        return len(queries)

    alone = cost()
    with_second_leg(ride, factories.AssetFactory(asset_type=asset.asset_type))
    assert cost() == alone <= 40
