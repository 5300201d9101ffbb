"""Every journey of `manage.py journey`, on the demo operator, each answer checked against the official document."""

from typing import Any

import pytest

from apps.backoffice import demo
from apps.backoffice.journeys import SCENARIOS, Walk
from apps.backoffice.mp_client import Answer
from apps.bookings import services
from apps.bookings.models import Booking
from apps.providers.models import Provider
from tests.rides import STAFF
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


class InProcess:
    """What a journey needs of an MP's client, on the test client."""

    def __init__(self, maas_id: str) -> None:
        self.mp = TompClient(Provider.objects.get(maas_id=maas_id))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        answer = self.mp.call(method, path, body)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(method, path, body, answer.status, headers, answer.body, 0)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        return self.call("POST", path, body)


def commit_by_staff(what: str, booking_id: str) -> None:
    services.commit(booking_id=Booking.objects.get(pk=booking_id).pk, actor=STAFF)


def deny_by_staff(what: str, booking_id: str) -> None:
    services.deny(booking_id=Booking.objects.get(pk=booking_id).pk, actor=STAFF, reason="no bike left")


def summaries(name: str, **options: Any) -> list[str]:
    demo.load()
    scenario = SCENARIOS[name]
    return [step.summary for step in scenario.steps(Walk(InProcess(scenario.maas_id), **options))]


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in ("postponed-commit", "change-of-mind")])
def test_the_ride_ends_with_its_bill(name: str) -> None:
    *_, last = summaries(name)
    assert last.startswith("FINISHED, ")
    assert Booking.objects.get().state == "FINISHED"


def test_what_was_held_or_confirmed_is_given_up() -> None:
    summaries("change-of-mind")
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["CANCELLED", "RELEASED"]


@pytest.mark.parametrize(
    ("answer", "states"),
    [(commit_by_staff, ["CONFIRMED", "CANCELLED"]), (deny_by_staff, ["REJECTED"])],
)
def test_staff_answer_a_postponed_commit(answer: Any, states: list[str]) -> None:
    assert summaries("postponed-commit", waiting=answer)[-len(states) :] == states


def test_who_gets_no_answer_cancels() -> None:
    assert summaries("postponed-commit", patience=0)[-2:] == ["nobody has answered yet", "CANCELLED"]
