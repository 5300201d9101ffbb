"""Staff put a finished ride right: the fare anew, the difference in the journal and claimed, the MP told."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.history.models import Change
from apps.legs.correcting import Truth, correct
from apps.legs.models import Correction, Leg
from apps.payments.models import JournalEntry, RefundLimit
from apps.tomp.errors import IllegalState, Invalid, Missing, TompError
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.pressing import press
from tests.rides import STAFF, confirmed, event, everything
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def ridden(operator: Any, mp: TompClient, asset: Any) -> Leg:
    """Ten minutes too long: 20 in place of 10. One euro, and 0.25 for every minute."""
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False) as clock:
        leg = confirmed(mp, asset)
        event(mp, leg, "SET_IN_USE")
        clock.shift(timedelta(minutes=20))
        assert event(mp, leg, "FINISH").status == 200
    return Leg.objects.select_related("booking", "asset").get(pk=leg)


def journal() -> list[tuple[str, str]]:
    entries = JournalEntry.objects.order_by("id")
    return [(entry.category, f"{entry.amount:.2f}") for entry in entries]


def right(leg: Leg, reason: str = "the app was stuck", **truth: Any) -> Leg:
    return correct(leg_id=leg.pk, truth=Truth(**truth), actor=STAFF, reason=reason)


def ten_minutes(leg: Leg) -> Any:
    assert leg.actual_departure_time is not None
    return leg.actual_departure_time + timedelta(minutes=10)


def test_a_wrong_end_is_put_right_money_and_mp_included(ridden: Leg, mp: TompClient) -> None:
    (charged,) = journal()
    leg = right(ridden, arrival=ten_minutes(ridden))
    per_minute = Decimal(ridden.fare["parts"][1]["amount"])
    (first, second) = journal()
    assert (first, second) == (charged, ("CREDIT", f"{-10 * per_minute:.2f}"))
    entry = JournalEntry.objects.latest("id")
    assert (entry.used_seconds, entry.comment) == (600, "the app was stuck")
    sent = {message.path: message for message in OutboxMessage.objects.order_by("id")}
    assert sent[f"/payment/{leg.booking_id}/claim-extra-costs"].body["amount"] == float(entry.amount)
    told = sent[f"/legs/{leg.pk}"]
    assert (told.method, told.body["state"]) == ("PUT", "FINISHED")
    assert told.body["pricing"] == mp.get(f"/legs/{leg.pk}").body["pricing"]
    booking = Booking.objects.get(pk=leg.booking_id)
    assert booking.actual_arrival_time == ten_minutes(ridden)
    correction = Correction.objects.get()
    assert Decimal(correction.before["amount"]) - Decimal(correction.after["amount"]) == 10 * per_minute
    assert correction.before["arrival"] != correction.after["arrival"]
    assert breaches(now=timezone.now()) == []


def test_a_longer_ride_costs_more_and_a_second_correction_starts_from_the_first(ridden: Leg) -> None:
    right(ridden, arrival=ten_minutes(ridden))
    right(ridden, arrival=ten_minutes(ridden) + timedelta(minutes=10))
    assert [category for category, _ in journal()] == ["FARE", "CREDIT", "EXTRA_USAGE"]
    assert sum(entry.amount for entry in JournalEntry.objects.all()) == JournalEntry.objects.earliest("id").amount
    assert breaches(now=timezone.now()) == []


def test_place_distance_and_asset_can_be_corrected_without_an_entry(ridden: Leg, mp: TompClient) -> None:
    station = factories.StationFactory(station_id="utrecht-cs")
    other = factories.AssetFactory(asset_type=ridden.asset_type)
    leg = right(ridden, meters=3210, station_id=station.pk, asset_id=other.pk)
    assert len(journal()) == 1
    told = mp.get(f"/legs/{leg.pk}").body
    assert (told["distance"], told["to"]["stationId"]) == (3210, "utrecht-cs")
    assert told["asset"]["id"] not in {other.public_id, ridden.asset_public_id}
    assert Leg.objects.get(pk=leg.pk).asset == other
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize(
    ("truth", "error"),
    [
        ({}, Invalid),
        ({"arrival": timedelta(hours=3)}, Invalid),
        ({"arrival": timedelta(minutes=-1)}, Invalid),
        ({"meters": 0}, Invalid),
        ({"departure": timedelta(hours=-1)}, Invalid),
        ({"departure": timedelta(days=-365 * 126)}, Invalid),
    ],
    ids=["nothing", "in the future", "before it began", "as it is", "before it was booked", "in another century"],
)
def test_what_cannot_be_changes_nothing(ridden: Leg, truth: dict[str, Any], error: type[TompError]) -> None:
    assert ridden.actual_departure_time is not None
    truth = {
        name: ridden.actual_departure_time + value if isinstance(value, timedelta) else value
        for name, value in truth.items()
    }
    Leg.objects.update(distance_meters=0)
    before = everything()
    with pytest.raises(error):
        right(ridden, **truth)
    assert everything() == before
    with pytest.raises(Missing):
        right(ridden, reason="", meters=7)
    assert everything() == before
    assert not Correction.objects.exists()


def test_nobody_else_had_the_asset_meanwhile(ridden: Leg, mp: TompClient, asset: Any) -> None:
    assert ridden.actual_arrival_time is not None
    with time_machine.travel(ridden.actual_arrival_time + timedelta(minutes=5)):
        later = confirmed(mp, asset)
        event(mp, later, "SET_IN_USE")
    before = everything()
    with pytest.raises(IllegalState, match=later):
        right(ridden, arrival=ridden.actual_arrival_time + timedelta(minutes=6))
    assert everything() == before
    with pytest.raises(IllegalState, match="is IN_USE is not corrected"):
        right(Leg.objects.get(pk=later), meters=5)


def filled_in(client: Client, address: str) -> dict[str, Any]:
    """What the form of the page has in it already, on the operator's clocks."""
    form = client.get(address).context["form"]
    with timezone.override("Europe/Amsterdam"):
        return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_staff_see_the_new_fare_before_anything_is_done(ridden: Leg, client: Client) -> None:
    client.force_login(get_user_model().objects.create_superuser("ines"))
    address = reverse("admin:legs_leg_do", args=[ridden.pk, "correct"])
    answers = filled_in(client, address)
    ended = datetime.fromisoformat(answers["arrival"]) - timedelta(minutes=10)
    answers |= {"arrival": ended.isoformat(timespec="seconds"), "reason": "stuck"}
    before = everything()
    shown = client.post(address, answers)
    lines = {what: (now, then) for what, now, then in shown.context["preview"]}
    assert lines["Fare"][0] != lines["Fare"][1]
    assert lines["Began"][0] == lines["Began"][1]
    assert "given back" in lines["Journal"][1]
    assert everything() == before
    assert client.post(address, {**answers, "change": "yes"}).context["preview"] is None
    assert press(client, address, answers).status_code == 302
    assert [category for category, _ in journal()] == ["FARE", "CREDIT"]
    change = Change.objects.get(subject_table="legs_leg")
    assert (change.staff, "final_fare" in change.after) == ("ines", True)
    story = client.get(reverse("admin:bookings_booking_change", args=[ridden.booking_id])).content.decode()
    assert "The ride was corrected" in story
    nonsense = client.post(address, {**answers, "asset": "no such code"})
    assert "There is no asset with this code" in nonsense.content.decode()
    too_late = client.post(address, {**answers, "arrival": "2099-01-01T00:00"})
    assert "not in the future" in too_late.content.decode()


def test_no_more_is_given_back_by_it_than_the_limit_of_who_corrects(ridden: Leg, client: Client) -> None:
    ship_roles()
    role = Group.objects.get(name="Support desk")
    limit = RefundLimit.objects.create(role=role, currency="EUR", amount=Decimal("0.01"))
    user = get_user_model().objects.create_user("oskar", is_staff=True)
    user.groups.add(role)
    client.force_login(user)
    address = reverse("admin:legs_leg_do", args=[ridden.pk, "correct"])
    answers = filled_in(client, address)
    ended = datetime.fromisoformat(answers["arrival"]) - timedelta(minutes=10)
    answers |= {"arrival": ended.isoformat(timespec="seconds"), "reason": "stuck"}
    before = everything()
    assert "more than the 0.01 EUR you may give back" in press(client, address, answers, follow=True).text
    assert everything() == before
    limit.amount = Decimal(100)
    limit.save()
    press(client, address, answers)
    assert [category for category, _ in journal()] == ["FARE", "CREDIT"]


@pytest.mark.parametrize("role", ["Auditor", "Finance", "Fleet manager", "Integration manager"])
def test_a_role_that_may_not_change_legs_may_not_correct(ridden: Leg, client: Client, role: str) -> None:
    ship_roles()
    client.force_login(of_role(role))
    before = everything()
    address = reverse("admin:legs_leg_do", args=[ridden.pk, "correct"])
    assert client.post(address, {"reason": "x"}).status_code == 403
    assert everything() == before
    assert not Change.objects.exists()
