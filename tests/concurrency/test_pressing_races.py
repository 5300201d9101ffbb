"""The form of a button sent twice at once. The guard is its token, remembered with what the button does."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from apps.backoffice import buttons
from apps.history.models import PressedButton
from apps.payments.models import JournalEntry
from tests.concurrency.test_races import at_once
from tests.rides import leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

COSTS = {"category": "DAMAGE", "amount": "12.10", "vat_rate": "21", "reason": "A scratch.", "previewed": "looked at"}


@pytest.fixture(autouse=True)
def each_looked_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a preview no longer holds is not what keeps a form from acting here."""
    monkeypatch.setattr(buttons, "_how_it_is", lambda preview: "looked at")


def sent_at_once(mp: TompClient, asset: Any, tokens: list[UUID]) -> list[int]:
    """Extra costs, charged by forms with these tokens from the same instant; the answers' status."""
    ride = leg_that_is(mp, asset, "FINISHED")
    address = reverse("admin:bookings_booking_do", args=[ride, "extra-costs"])
    ines = User.objects.create_superuser("ines")
    staff = [Client() for _ in tokens]
    for one in staff:
        one.force_login(ines)
    return at_once(
        [
            lambda one=one, token=token: one.post(address, {**COSTS, "token": str(token)}).status_code
            for one, token in zip(staff, tokens, strict=True)
        ]
    )


def test_forms_of_their_own_each_charge(mp: TompClient, asset: Any) -> None:
    """The race is real: nothing else keeps two forms from being charged."""
    assert sent_at_once(mp, asset, [uuid4(), uuid4()]) == [302, 302]
    assert JournalEntry.objects.filter(category="DAMAGE").count() == 2


def test_one_form_sent_often_charges_once(mp: TompClient, asset: Any) -> None:
    token = uuid4()
    assert sent_at_once(mp, asset, [token] * 4) == [302] * 4
    assert JournalEntry.objects.filter(category="DAMAGE").count() == 1
    assert PressedButton.objects.get().token == token
