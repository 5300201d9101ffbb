"""What is kept how long: each kind before and after its period, the dry run, and the page that tells."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking, Notification
from apps.calls.models import Call
from apps.customers.models import CustomerAccount
from apps.history.pressing import once
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from apps.planning.models import Offer
from apps.retention import kinds, sweep
from apps.retention.kinds import KINDS
from apps.retention.sweep import as_markdown, due, forget_due
from apps.support.models import SupportRequest, SupportStatus
from apps.support.services import close
from apps.webhooks.models import OutboxMessage
from apps.webhooks.services import enqueue
from tests import factories
from tests.bookings.test_forgetting import PERSONAL, PROCESS, Keyed, holding, registered, travelled
from tests.profiles import client
from tests.rides import HERE, STAFF, everything, leg_that_is, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[2] / "docs" / "retention.md"
MINUTE = timedelta(minutes=1)


def kind(name: str) -> kinds.Kind:
    return next(one for one in KINDS if one.name == name)


def forgotten(name: str, *, after: timedelta) -> int:
    """How many are due, and forgotten, a while from now."""
    with time_machine.travel(timezone.now() + after):
        now = timezone.now()
        rows = due(kind(name), now=now).rows
        assert kind(name).forget(now=now) == rows
        assert due(kind(name), now=now).rows == 0
    return rows


def an_offer(mp: TompClient) -> None:
    mp.post("/planning/offers", {"from": HERE, "useAssets": [factories.AssetFactory().public_id]})


def a_booking_that_came_to_nothing(mp: TompClient) -> None:
    Booking.objects.filter(pk=pending(mp, factories.AssetFactory())).update(state="EXPIRED")


def a_journey(mp: TompClient) -> None:
    leg_that_is(mp, factories.AssetFactory(), "FINISHED")


def an_open_request(mp: TompClient) -> None:
    mp.post("/support/", {"assetId": factories.AssetFactory().code, "comment": "Help"})


def a_closed_request(mp: TompClient) -> None:
    an_open_request(mp)
    close(request_id=SupportRequest.objects.get().pk, actor=STAFF, message="Sorry")


def a_message(mp: TompClient) -> None:
    leg = Leg.objects.get(pk=leg_that_is(mp, factories.AssetFactory(), "NOT_STARTED"))
    enqueue(booking=leg.booking, subject="MESSAGE", path=f"/bookings/{leg.pk}/notifications", body={"comment": "Hi"})
    OutboxMessage.objects.update(state="DELIVERED")


def a_plate(mp: TompClient) -> None:
    factories.ParkedCarFactory(ended_at=timezone.now())


def a_call(mp: TompClient) -> None:
    Call.objects.create(provider=mp.provider, method="GET", path="/bookings", status=200, duration_ms=1)


def a_kept_answer(mp: TompClient) -> None:
    mp.post("/customers", {"lastName": "Doe"}, headers={"Idempotency-Key": "k"})


def a_log_in(mp: TompClient) -> None:
    Client().force_login(factories.staff_user())


def a_form_sent(mp: TompClient) -> None:
    once(uuid4(), lambda: None)


@pytest.mark.parametrize(
    ("name", "make", "lead"),
    [
        ("offers", an_offer, timedelta(minutes=20)),
        ("bookings that came to nothing", a_booking_that_came_to_nothing, timedelta(minutes=20)),
        ("travellers of journeys that are over", a_journey, MINUTE),
        ("messages to MPs", a_message, MINUTE),
        ("support requests that are closed", a_closed_request, MINUTE),
        ("support requests that nobody closed", an_open_request, MINUTE),
        ("licence plates of parked cars", a_plate, MINUTE),
        ("calls of MPs", a_call, MINUTE),
        ("answers kept for an `Idempotency-Key`", a_kept_answer, MINUTE),
        ("log-ins of staff", a_log_in, timedelta(hours=12, minutes=1)),
        ("forms of buttons that were sent", a_form_sent, MINUTE),
    ],
)
def test_it_is_kept_for_its_period_and_no_longer(
    mp: TompClient, settings: Any, name: str, make: Any, lead: timedelta
) -> None:
    """`lead` is how long after it was made its period certainly runs."""
    make(mp)
    settings.CALL_LOG_DAYS = 14  # as outside tests
    period = kind(name).period
    assert forgotten(name, after=period - MINUTE) == 0
    assert forgotten(name, after=period + lead) == 1


def test_who_travelled_is_forgotten_after_a_year_and_what_was_charged_is_not(operator: Any, asset: Any) -> None:
    mp = Keyed(client(**PROCESS).provider)
    booking = travelled(mp, asset, registered(mp))
    entries = list(JournalEntry.objects.values())
    with time_machine.travel(timezone.now() + timedelta(days=364)):
        forget_due(now=timezone.now())
        assert "bookings_booking" in holding(PERSONAL)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        forget_due(now=timezone.now())
        assert holding(PERSONAL) == {"customers_customeraccount"}, "the account is the MP's to delete"
        assert breaches(now=timezone.now()) == []
        shown = mp.get(f"/bookings/{booking}").body
        assert shown["customer"] == {"id": CustomerAccount.objects.get().account_id}
    assert list(JournalEntry.objects.values()) == entries


def test_a_journey_that_is_not_over_is_never_forgotten(mp: TompClient, asset: Any) -> None:
    leg_that_is(mp, asset, "IN_USE")
    assert forgotten("travellers of journeys that are over", after=timedelta(days=1000)) == 0


def test_what_still_waits_is_not_emptied(mp: TompClient) -> None:
    a_message(mp)
    OutboxMessage.objects.update(state="PENDING")
    assert forgotten("messages to MPs", after=timedelta(days=1000)) == 0


def test_an_open_request_keeps_its_words_longer_and_stays_open(mp: TompClient) -> None:
    an_open_request(mp)
    assert forgotten("support requests that are closed", after=timedelta(days=1000)) == 0
    assert SupportStatus.objects.get().comment == "Help"
    state = SupportRequest.objects.get().state
    assert forgotten("support requests that nobody closed", after=timedelta(days=366)) == 1
    assert (SupportRequest.objects.get().state, SupportStatus.objects.get().comment) == (state, "")


def test_an_open_request_in_which_somebody_speaks_is_kept_from_then_on(mp: TompClient) -> None:
    an_open_request(mp)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        mp.post("/support/", {"id": str(SupportRequest.objects.get().reference), "comment": "Still nobody?"})
        assert (SupportRequest.objects.count(), SupportStatus.objects.count()) == (1, 2)
        assert forgotten("support requests that nobody closed", after=timedelta(days=364)) == 0
        assert forgotten("support requests that nobody closed", after=timedelta(days=366)) == 1


def test_the_words_of_a_request_go_and_its_story_stays(mp: TompClient) -> None:
    a_closed_request(mp)
    assert forgotten("support requests that are closed", after=timedelta(days=181)) == 1
    told = SupportStatus.objects.order_by("order").values_list("state", "comment")
    assert list(told) == [("PROCESSING", ""), ("CANCELLED", "")]


def test_the_dry_run_tells_how_much_is_due_and_changes_nothing(mp: TompClient, asset: Any) -> None:
    a_journey(mp)
    an_offer(mp)
    said = StringIO()
    before = everything(), list(Notification.objects.values())
    with time_machine.travel(timezone.now() + timedelta(days=400)), CaptureQueriesContext(connection) as queries:
        call_command("retention", dry_run=True, stdout=said)
    assert (everything(), list(Notification.objects.values())) == before
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []
    lines = {line[11:].split(", the oldest")[0]: line for line in said.getvalue().splitlines()}
    assert set(lines) == {one.name for one in KINDS}
    journey = Booking.objects.get().departure_time
    assert lines["travellers of journeys that are over"].split()[0] == "1"
    assert f"the oldest of {journey:%Y-%m-%d %H:%M}" in lines["travellers of journeys that are over"]


def test_the_command_forgets_what_is_due(mp: TompClient, asset: Any) -> None:
    an_offer(mp)
    Client().force_login(factories.staff_user())
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        call_command("retention", stdout=StringIO())
    assert not Session.objects.exists()
    assert forgotten("offers", after=timedelta(days=3)) == 0


def test_a_kind_that_fails_stops_no_other(mp: TompClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, now: Any) -> int:
        raise ZeroDivisionError

    broken = kinds.Kind("broken", "", "", "", KINDS[0].due, "valid_until", fail)
    monkeypatch.setattr(sweep, "KINDS", (broken, *KINDS))
    an_offer(mp)
    with pytest.raises(ExceptionGroup):
        forget_due(now=timezone.now() + timedelta(days=2))
    assert not Offer.objects.exists()


def test_with_nothing_due_it_costs_a_few_statements_a_kind(operator: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        forget_due(now=timezone.now())
    assert len(queries) <= 4 * len(KINDS), len(queries)


def test_the_page_tells_what_the_table_says(settings: Any) -> None:
    settings.CALL_LOG_DAYS = 14  # as outside tests
    page = PAGE.read_text()
    assert all(table in page for table in as_markdown())


# Another's table, which holds no more than an hour of tokens.
SMALL = {"bearer tokens"}


@pytest.mark.parametrize("one", [one for one in KINDS if one.name not in SMALL], ids=lambda one: one.name)
def test_an_index_finds_what_is_due(one: kinds.Kind, operator: Any) -> None:
    """No sweep reads a whole table that grows."""
    rows = one.due(timezone.now())
    statement, values = rows.values("pk")[:5000].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"Seq Scan on {rows.model._meta.db_table}" not in plan, plan
