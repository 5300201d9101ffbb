"""Who travels is shown to those whose work needs it, and each look is written down; lists show nobody."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.payments.models import Claim
from tests import factories
from tests.rides import HERE, confirmed, event, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

SAID = ("Lovelace", "ada@example.org", "Casa Lovelace", "under the mat", "ring twice")


def of_role(role: str) -> Client:
    """Somebody with this role and nothing else."""
    user = get_user_model().objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def page(subject: Model) -> str:
    return reverse(f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change", args=[subject.pk])


def listed(subject: Model) -> str:
    return reverse(f"admin:{subject._meta.app_label}_{subject._meta.model_name}_changelist")


def looks() -> list[tuple[str, str]]:
    """What was looked at, and by whom."""
    return list(Transition.objects.filter(event="LOOK").order_by("id").values_list("subject_kind", "actor_name"))


@pytest.fixture
def booking(operator: Any, asset: Any) -> Booking:
    """A ride of Ada, with all that can be told of her."""
    mp = TompClient(factories.ProviderFactory())
    leg = confirmed(mp, asset, to={**HERE, "name": "Casa Lovelace"})
    Booking.objects.update(customer={"id": "ada-1", "lastName": "Lovelace", "email": "ada@example.org"})
    mp.post(f"/bookings/{leg}/notifications", {"type": "OTHER", "comment": "under the mat"})
    there = {"coordinates": {"lat": 52.09991, "lng": 5.12}}
    assert event(mp, leg, "SET_IN_USE", comment="ring twice", userLocation=there).status == 200
    return Booking.objects.get()


def seen(client: Client, subject: Model) -> set[str]:
    """What a page shows of the traveller."""
    answer = client.get(page(subject))
    assert answer.status_code == 200
    return {text for text in (*SAID, "52.09991") if text in answer.text}


def test_the_support_desk_sees_the_traveller_and_it_is_written_down(booking: Booking) -> None:
    desk, leg = of_role("Support desk"), Leg.objects.get()
    assert seen(desk, booking) == {*SAID, "52.09991"}
    assert seen(desk, leg) == {"Lovelace", "Casa Lovelace", "ring twice", "52.09991"}
    assert looks() == [("booking", "Support desk"), ("leg", "Support desk")]
    assert "look" not in desk.get(page(booking)).text.lower().split("timeline", 1)[1].split("</ol>")[0]


@pytest.mark.parametrize("role", ["Auditor", "Integration manager", "Fleet manager"])
def test_nobody_else_does(booking: Booking, role: str) -> None:
    other, leg = of_role(role), Leg.objects.get()
    assert seen(other, booking) == seen(other, leg) == set()
    assert "ada-1" in other.get(listed(booking)).text, "the id that the MP knows her by is no name"
    assert looks() == []


def test_lists_name_nobody(booking: Booking, admin_client: Client) -> None:
    for subject in (booking, Leg.objects.get()):
        text = admin_client.get(listed(subject)).text
        assert not any(said in text for said in SAID)
    assert looks() == []


@pytest.mark.parametrize(("role", "reads"), [("Finance", True), ("Support desk", True), ("Auditor", False)])
def test_what_an_mp_claims_in_its_words_is_read_by_who_decides(
    mp: TompClient, asset: Any, role: str, reads: bool
) -> None:
    ride = leg_that_is(mp, asset, "FINISHED")
    words = {"description": "Ada could not ride on.", "account": {"name": "Lovelace", "number": "NL02ABNA0123456789"}}
    body = {"category": "CREDIT", "amount": -0.5, "currencyCode": "EUR", **words}
    assert mp.post(f"/payment/{ride}/claim-extra-costs", body).status == 200
    claim, client = Claim.objects.get(), of_role(role)
    text = client.get(page(claim)).text
    assert ("Ada could not" in text, "NL02ABNA" in text) == (reads, reads)
    assert looks() == ([("claim", role)] if reads else [])
    assert "Ada could not" not in client.get(listed(claim)).text


def test_a_page_that_tells_nothing_of_a_traveller_is_no_look(mp: TompClient, asset: Any, admin_client: Client) -> None:
    leg = Leg.objects.get(pk=confirmed(mp, asset))
    admin_client.get(page(leg))
    admin_client.get(page(leg.booking))
    assert looks() == []


def test_a_plate_is_shown_on_its_page_and_that_is_written_down(operator: Any) -> None:
    car = factories.ParkedCarFactory(plate="AB12CD")
    desk, auditor = of_role("Support desk"), of_role("Auditor")
    for client, whole in ((desk, True), (auditor, False)):
        text = client.get(listed(car)).text
        assert ("AB…" in text, "AB12CD" in text) == (True, False)
        assert ("AB12CD" in client.get(page(car)).text) is whole
    assert looks() == [("parked car", "Support desk")]
