"""What staff of two kinds see first, that it comes by itself, and that it leads to what is to be done."""

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.calls.models import CallCount
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from tests import factories
from tests.backoffice.test_dashboard import message, something_of_everything
from tests.browser.conftest import logged_in_as
from tests.browser.pictures import pictured

pytestmark = pytest.mark.django_db(transaction=True)


def two_days(mp: Any) -> None:
    """Rides of today and of last week, with what they brought and what was refused."""
    dice, now = random.Random(3), timezone.localtime(timezone.now(), ZoneInfo("Europe/Amsterdam"))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asset_type = factories.AssetTypeFactory()
    for days, until in ((0, now), (7, midnight + timedelta(days=1))):
        for hour in range(24):
            began = midnight - timedelta(days=days) + timedelta(hours=hour, minutes=dice.randint(0, 40))
            if began > until:
                continue
            for _ in range(dice.randint(0, 3) * (6 <= hour <= 21)):
                booking = factories.BookingFactory(provider=mp.provider, state="FINISHED", departure_time=began)
                ended = began + timedelta(minutes=dice.randint(5, 55))
                asset = factories.AssetFactory(asset_type=asset_type)
                times = {"departure_time": began, "actual_departure_time": began, "actual_arrival_time": ended}
                reservation = asset.reservations.create(asset_type=asset_type, period=(began, ended), released_at=ended)
                leg = Leg.objects.create(
                    booking=booking,
                    state="FINISHED",
                    asset_type=asset_type,
                    asset=asset,
                    reservation=reservation,
                    from_place=booking.from_place,
                    fare={},
                    **times,
                )
                amount = dice.randint(150, 900) / 100
                JournalEntry.objects.create(
                    provider=mp.provider,
                    booking=booking,
                    journal_id=leg.pk,
                    sequence=1,
                    category="FARE",
                    amount=amount * 1.21,
                    amount_ex_vat=amount,
                    currency="EUR",
                    vat_rate=21,
                    vat_country="NL",
                    created_at=ended,
                )
        for code, calls in ((3500, 9), (2002, 4), (3202, 2)):
            kind = {"endpoint": "bookings", "status": 409, "error_code": code, "within_ms": 10}
            at = midnight - timedelta(days=days)
            CallCount.objects.create(provider=mp.provider, hour=at, last_at=at, calls=dice.randint(1, calls), **kind)


def block(page: Page, title: str) -> Any:
    return page.locator(".kind").filter(has_text=title)


def test_a_support_agent_answers_what_waits(browser: Browser, live_server: Any, operator: Any, mp: Any) -> None:
    something_of_everything(mp)
    page = logged_in_as(browser, live_server, "Support desk")
    expect(block(page, "Bookings to answer")).to_contain_text("left")
    expect(block(page, "Answers promised to travellers")).to_be_visible()
    block(page, "Bookings to answer").locator("li a").click()
    page.get_by_role("link", name="Commit booking").click()
    page.get_by_label("Reason").fill("There is room")
    page.get_by_role("button", name="Commit booking").click()
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("button", name="Commit booking").click()
    expect(page.locator("body")).to_contain_text("The booking is confirmed.")
    page.goto("/admin/")
    expect(page.locator(".idle summary")).to_contain_text("bookings to answer")


def test_a_fleet_manager_sees_what_comes_without_reloading(
    browser: Browser, live_server: Any, operator: Any, mp: Any
) -> None:
    page = logged_in_as(browser, live_server, "Fleet manager")
    page.clock.install()
    page.reload()
    expect(page.locator("#now")).to_contain_text("Nothing waits for you.")
    pictured(page, "dashboard-empty")
    factories.AssetFactory(code="B7", lock_state="JAMMED")
    page.clock.run_for(31_000)
    expect(block(page, "Jammed locks")).to_contain_text("B7")
    expect(block(page, "Claims to decide")).to_have_count(0)
    block(page, "Jammed locks").get_by_role("link", name="Jammed locks").click()
    expect(page.locator("#result_list")).to_contain_text("B7")


def test_what_it_looks_like_on_a_busy_day(mp: Any, page: Page) -> None:
    two_days(mp)
    something_of_everything(mp)
    for minutes in (7, 22, 50):
        factories.BookingFactory(
            provider=mp.provider, state="CONDITIONAL_CONFIRMED", expires_at=factories.soon(minutes)
        )
    for _ in range(6):
        message(mp, "FAILED")
    page.goto("/admin/")
    expect(page.locator(".kind")).to_have_count(11)
    expect(page.locator("#today svg")).to_have_count(2)
    pictured(page, "dashboard")
