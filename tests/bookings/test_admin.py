"""The booking's page: staff answer, cancel and read. Buttons call the services, and fit the state."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.bookings.models import Booking
from apps.webhooks.models import OutboxMessage
from tests import pressing
from tests.profiles import client
from tests.rides import confirmed, event, everything, offer, pending

pytestmark = pytest.mark.django_db


def press(admin_client: Client, booking: str, name: str, reason: str = "because", **options: Any) -> Any:
    address = reverse("admin:bookings_booking_do", args=[booking, name])
    return pressing.press(admin_client, address, {"reason": reason}, follow=True, **options)


def buttons(admin_client: Client, booking: str) -> set[str]:
    page = admin_client.get(reverse("admin:bookings_booking_change", args=[booking])).content.decode()
    return {name for name in ("commit", "deny", "cancel") if f"/{booking}/do/{name}/" in page}


@pytest.fixture
def waiting(operator: Any, asset: Any) -> str:
    """A booking that waits for our answer."""
    mp = client(booking=["POSTPONED_COMMIT"])
    return mp.post("/bookings", {"id": offer(mp, asset)}).body["id"]


@pytest.mark.parametrize(("name", "state", "told"), [("commit", "CONFIRMED", "COMMIT"), ("deny", "REJECTED", "DENY")])
def test_staff_answer_a_booking_that_waits(admin_client: Client, waiting: str, name: str, state: str, told: str):
    assert buttons(admin_client, waiting) == {"commit", "deny", "cancel"}
    page = press(admin_client, waiting, name)
    assert Booking.objects.get(pk=waiting).state == state
    assert OutboxMessage.objects.get().body["operation"] == told
    assert "because" in page.content.decode(), "the timeline tells why"
    assert "deny" not in buttons(admin_client, waiting)


def test_buttons_fit_the_state(admin_client: Client, mp: Any, asset: Any) -> None:
    booking = pending(mp, asset)
    assert buttons(admin_client, booking) == {"cancel"}
    press(admin_client, booking, "cancel")
    assert Booking.objects.get(pk=booking).state == "RELEASED"
    assert buttons(admin_client, booking) == set()
    before = everything()
    answer = press(admin_client, booking, "cancel")
    assert "no longer fits" in answer.content.decode()
    assert everything() == before


def test_a_reason_is_asked_for(admin_client: Client, mp: Any, asset: Any) -> None:
    booking = confirmed(mp, asset)
    before = everything()
    press(admin_client, booking, "cancel", reason=" ")
    assert everything() == before


def test_looking_changes_nothing(admin_client: Client, mp: Any, asset: Any) -> None:
    booking = confirmed(mp, asset)
    before = everything()
    address = reverse("admin:bookings_booking_do", args=[booking, "cancel"])
    assert admin_client.get(address).status_code == 200
    assert everything() == before


def leg_buttons(admin_client: Client, leg: str) -> set[str]:
    page = admin_client.get(reverse("admin:legs_leg_change", args=[leg])).content.decode()
    return {name for name in ("prepare", "set-in-use", "finish") if f"/{leg}/do/{name}/" in page}


def test_staff_start_and_end_a_ride_that_the_operator_controls(admin_client: Client, operator: Any, asset: Any):
    mp = client(tripExecution=["TO_CONTROLLED", "USE_PREPARE_TO_INDICATE_START"])
    leg = confirmed(mp, asset)
    assert leg_buttons(admin_client, leg) == {"prepare", "set-in-use"}
    for name in ("prepare", "set-in-use", "finish"):
        pressing.press(admin_client, reverse("admin:legs_leg_do", args=[leg, name]), {"reason": "by hand"})
    assert Booking.objects.get(pk=leg).state == "FINISHED"
    told = OutboxMessage.objects.order_by("id").values_list("subject", flat=True)
    assert list(told) == ["PREPARE", "SET_IN_USE", "FINISH"]


def test_a_ride_that_the_mp_controls_is_not_started_here_but_can_be_ended(
    admin_client: Client, mp: Any, asset: Any
) -> None:
    leg = confirmed(mp, asset)
    assert leg_buttons(admin_client, leg) == set()
    event(mp, leg, "SET_IN_USE")
    assert leg_buttons(admin_client, leg) == {"finish"}
