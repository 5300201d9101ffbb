"""The dashboard: each number is that of the list it leads to, and of no more than somebody may see."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.models import Asset, Ticket
from apps.backoffice.dashboard.blocks import BLOCKS
from apps.bookings.models import Booking
from apps.calls.models import CallCount
from apps.legs.models import Leg
from apps.payments.models import Claim, JournalEntry
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.rides import confirmed, leg_that_is, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
MOST_STATEMENTS = 14


def ago(**time: int) -> datetime:
    return timezone.now() - timedelta(**time)


def message(mp: TompClient, state: str) -> None:
    OutboxMessage.objects.create(
        provider=mp.provider, subject="CANCEL", method="POST", path="/bookings", body={}, state=state
    )


def claim(mp: TompClient, state: str) -> None:
    booking = factories.BookingFactory(provider=mp.provider)
    said = {"claimant": "MP", "state": state, "category": "DAMAGE", "description": "A broken lamp"}
    amounts = {"amount": 12, "amount_ex_vat": 10, "currency": "EUR", "vat_rate": 20, "vat_country": "NL"}
    Claim.objects.create(booking=booking, journal_id=booking.pk, **said, **amounts)


def legs_with_times(mp: TompClient) -> None:
    """A ride over time, one that waits for its asset, one without an asset; and one of each that has time yet."""
    late, punctual = factories.AssetFactory(), factories.AssetFactory()
    for asset, arrival in ((late, ago(minutes=30)), (punctual, factories.soon(60))):
        Leg.objects.filter(pk=leg_that_is(mp, asset, "IN_USE")).update(arrival_time=arrival)
        Leg.objects.filter(pk=confirmed(mp, factories.AssetFactory())).update(asset=asset)
    for since in (timezone.now(), None):
        lacking = Leg.objects.filter(pk=confirmed(mp, factories.AssetFactory()))
        lacking.update(asset=None, lacks_asset_since=since)


def something_of_everything(mp: TompClient) -> None:
    """One that waits of each kind, beside another that does not."""
    Booking.objects.filter(pk=pending(mp, factories.AssetFactory())).update(state="CONDITIONAL_CONFIRMED")
    factories.BookingFactory(provider=mp.provider, state="CONDITIONAL_CONFIRMED", expires_at=ago(minutes=1))
    legs_with_times(mp)
    booking = str(Leg.objects.earliest("departure_time").booking_id)
    mp.post("/support/", {"id": booking, "supportType": "UNABLE_TO_OPEN"})
    for state in ("AVAILABLE", "RETIRED"):
        factories.AssetFactory(lock_state="JAMMED", state=state)
    for start in (ago(hours=1), factories.soon(60 * 25)):
        factories.MaintenanceJobFactory(planned_from=start)
    for state in ("FAILED", "DELIVERED"):
        message(mp, state)
    for state in ("RECEIVED", "REJECTED"):
        claim(mp, state)
    factories.AssetFactory(station=factories.StationFactory())
    factories.AssetFactory(station=factories.StationFactory(), state="MAINTENANCE")
    factories.StationFactory(is_renting=False)
    factories.TicketFactory()
    Ticket.objects.filter(pk=factories.TicketFactory().pk).update(given_at=timezone.now())


def blocks_of(client: Client) -> dict[str, Any]:
    """The dashboard's blocks by their titles."""
    context = client.get(INDEX).context
    return {one.block.title: one for one in (*context["waiting"], *context["idle"])}


def test_each_block_counts_the_rows_of_the_list_it_leads_to(mp: TompClient, admin_client: Client) -> None:
    something_of_everything(mp)
    blocks = blocks_of(admin_client)
    assert list(blocks) == [block.title for block in BLOCKS], "all of them have something"
    for title, block in blocks.items():
        listed = admin_client.get(block.address)
        assert (block.number, len(listed.context["cl"].result_list)) == (1, 1), title
        assert block.rows[0].address in listed.text, title


def test_without_anything_to_do_it_says_what_would_come(operator: Any, admin_client: Client) -> None:
    context = admin_client.get(INDEX).context
    assert context["waiting"] == []
    text = admin_client.get(INDEX).text
    assert "Nothing waits for you." in text
    assert all(str(block.none) in text for block in BLOCKS)


def test_what_is_most_urgent_comes_first(mp: TompClient, admin_client: Client) -> None:
    for minutes in (40, 3, 20):
        factories.BookingFactory(
            provider=mp.provider, state="CONDITIONAL_CONFIRMED", expires_at=factories.soon(minutes + 0.5)
        )
    block = blocks_of(admin_client)["Bookings to answer"]
    assert [row.time for row in block.rows] == ["3\xa0minutes left", "20\xa0minutes left", "40\xa0minutes left"]
    assert [row.urgent for row in block.rows] == [True, False, False]


def test_many_are_not_counted(mp: TompClient, admin_client: Client) -> None:
    for _ in range(101):
        message(mp, "FAILED")
    block = blocks_of(admin_client)["Failed messages"]
    assert block.number_shown == "99+"
    assert len(block.rows) == 4


def who_may(client: Client, *codenames: str) -> Client:
    """Log in somebody with these permissions and nothing else."""
    user = get_user_model().objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("codenames", "titles", "figures"),
    [
        ((), set(), set()),
        (("view_claim", "view_journalentry"), {"Claims to decide"}, {"revenue"}),
        (("view_asset", "view_station"), {"Jammed locks", "Stations with nothing to hire"}, set()),
        (("change_outboxmessage", "view_call"), {"Failed messages"}, {"refused"}),
    ],
)
def test_nobody_sees_more_than_the_lists_they_may_see(
    mp: TompClient, client: Client, codenames: tuple[str, ...], titles: set[str], figures: set[str]
) -> None:
    something_of_everything(mp)
    somebody = who_may(client, *codenames)
    assert set(blocks_of(somebody)) == titles
    shown = somebody.get(INDEX).context.keys()
    assert {"rides", "revenue", "utilisation", "refused"} & shown == figures


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_it_costs_the_same_with_nothing_few_and_many(mp: TompClient, client: Client) -> None:
    who_may(client, *Permission.objects.values_list("codename", flat=True))
    addresses = [INDEX, *(reverse("dashboard-part", args=[part]) for part in ("now", "today"))]
    nothing = [statements(client, address) for address in addresses]
    something_of_everything(mp)
    few = [statements(client, address) for address in addresses]
    for _ in range(30):
        message(mp, "FAILED")
        claim(mp, "RECEIVED")
        factories.AssetFactory(lock_state="JAMMED")
    assert nothing == few == [statements(client, address) for address in addresses]
    assert max(few) <= MOST_STATEMENTS


def test_parts_are_had_by_themselves(mp: TompClient, admin_client: Client) -> None:
    message(mp, "FAILED")
    now = admin_client.get("/admin/dashboard/now")
    assert "Failed messages" in now.text
    assert "<html" not in now.text
    assert "Rides begun" in admin_client.get("/admin/dashboard/today").text
    assert admin_client.get("/admin/dashboard/tomorrow").status_code == 404


def test_who_is_logged_out_is_led_to_log_in(operator: Any, client: Client) -> None:
    answer = client.get("/admin/dashboard/now")
    assert (answer.status_code, answer.headers["HX-Refresh"], answer.content) == (401, "true", b"")


def test_a_page_left_open_keeps_nobody_logged_in(operator: Any, admin_client: Client, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    with time_machine.travel(timezone.now(), tick=False) as clock:
        admin_client.get(INDEX)
        for _ in range(3):
            clock.shift(timedelta(minutes=14))
            last = admin_client.get("/admin/dashboard/now")
        assert last.status_code == 401


AFTERNOON = datetime.fromisoformat("2026-11-18T15:30:00+01:00")


@pytest.fixture
def afternoon() -> Any:
    with time_machine.travel(AFTERNOON, tick=False):
        yield AFTERNOON


def ridden(mp: TompClient, began: datetime, hours: float, amount: str = "2.42") -> None:
    """A ride that is over, and its entry in the journal."""
    leg = Leg.objects.get(pk=confirmed(mp, factories.AssetFactory()))
    ended = began + timedelta(hours=hours)
    Leg.objects.filter(pk=leg.pk).update(state="FINISHED", actual_departure_time=began, actual_arrival_time=ended)
    of = {"provider": mp.provider, "booking": leg.booking, "journal_id": leg.pk, "sequence": 1, "category": "FARE"}
    amounts = {"amount": "9", "amount_ex_vat": amount, "currency": "EUR", "vat_rate": 21, "vat_country": "NL"}
    JournalEntry.objects.create(created_at=ended, **of, **amounts)


def two_weeks(mp: TompClient) -> None:
    """Today two rides, and last week one by this time and one later; one before each midnight."""
    midnight = AFTERNOON.replace(hour=0, minute=0)
    for began, hours in ((midnight, 1.0), (AFTERNOON - timedelta(hours=2), 1.5), (midnight - timedelta(hours=1), 2.0)):
        ridden(mp, began, hours)
    last_week = AFTERNOON - timedelta(days=7)
    for began in (last_week - timedelta(hours=3), last_week + timedelta(hours=1)):
        ridden(mp, began, 0.5, "5.0000")


def test_rides_and_revenue_stand_beside_those_of_last_week(
    afternoon: Any, mp: TompClient, admin_client: Client
) -> None:
    two_weeks(mp)
    context = admin_client.get(INDEX).context
    rides = context["rides"]["figure"]
    assert (rides.today, rides.before, sum(rides.hours_before)) == (2, 1, 2)
    assert [hour for hour, number in enumerate(rides.hours_today) if number] == [0, 13]
    assert context["rides"]["change"] == 100
    listed = admin_client.get(context["rides_address"])
    assert listed.context["cl"].result_count == 2

    [(currency, revenue)] = context["revenue"]
    assert (currency, str(revenue["figure"].today), str(revenue["figure"].before)) == ("EUR", "7.2600", "5.0000")
    assert admin_client.get(context["revenue_address"]).context["cl"].result_count == 3


def test_utilisation_is_the_part_of_the_day_that_was_ridden(
    afternoon: Any, mp: TompClient, admin_client: Client
) -> None:
    two_weeks(mp)
    Asset.objects.exclude(pk__in=Asset.objects.order_by("pk")[:2]).update(state="RETIRED")
    Asset.objects.filter(pk=Asset.objects.earliest("pk").pk).update(state="IN_USE")
    context = admin_client.get(INDEX).context
    found = context["utilisation"]
    assert found.today == pytest.approx(100 * 3.5 / (2 * 15.5)), "an hour of the ride before midnight lies in today"
    assert found.before == pytest.approx(100 * 0.5 / (2 * 15.5))
    assert (found.in_use, found.fleet) == (1, 2)
    assert admin_client.get(context["in_use_address"]).context["cl"].result_count == 1


def test_why_offers_and_bookings_were_refused(afternoon: Any, mp: TompClient, admin_client: Client) -> None:
    def counted(at: datetime, code: int, calls: int, endpoint: str = "bookings") -> None:
        hour = at.replace(minute=0)
        kind = {"endpoint": endpoint, "status": 400, "error_code": code, "within_ms": 10}
        CallCount.objects.create(provider=mp.provider, hour=hour, last_at=at, calls=calls, **kind)

    counted(AFTERNOON, 3500, 7)
    counted(AFTERNOON, 2002, 2, "planning/offers")
    counted(AFTERNOON, 4204, 5, "legs/{id}")
    counted(AFTERNOON - timedelta(days=7), 3500, 3)
    counted(AFTERNOON - timedelta(days=6), 3500, 4)
    answer = admin_client.get(INDEX)
    told = [(one.code, one.reason, one.today, one.before) for one, _ in answer.context["refused"]]
    assert told == [(3500, "Asset no longer available", 7, 3), (2002, "Invalid field", 2, 0)]
    for _, address in answer.context["refused"]:
        assert admin_client.get(address).status_code == 200


def test_every_link_leads_somewhere(mp: TompClient, admin_client: Client) -> None:
    something_of_everything(mp)
    text = admin_client.get(INDEX).text
    part = text[text.index('class="dashboard"') :]
    follow: Callable[[str], Any] = admin_client.get
    for address in set(re.findall(r'href="(/admin/[^"]+)"', part)):
        assert follow(address.replace("&amp;", "&")).status_code == 200, address
