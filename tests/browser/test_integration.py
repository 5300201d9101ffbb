"""The integration desk: an MP says that something does not work; its calls tell what."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.calls.counting import tally
from apps.calls.models import CallCount
from apps.integration.services import run_due
from apps.providers.services import create_credential
from tests.browser.pictures import pictured
from tests.factories import MAP_CENTRIC, CallbackEndpointFactory, ProviderFactory
from tests.mp_server import MpServer
from tests.rides import HERE, confirmed

pytestmark = pytest.mark.django_db(transaction=True)


def two_busy_days(provider: Any) -> None:
    """Counts of calls as they come in over two days."""
    dice, now = random.Random(1), timezone.now()
    for hours in range(1, 48):
        at = now - timedelta(hours=hours)
        told = {"provider": provider, "hour": at.replace(minute=0, second=0, microsecond=0), "last_at": at}
        for within, calls in ((10, dice.randint(20, 200)), (50, dice.randint(0, 50))):
            CallCount.objects.create(**told, endpoint="bookings", status=201, within_ms=within, calls=calls)
        if dice.random() < 0.3:
            kind = {"endpoint": "planning/offers", "status": 400, "error_code": 2001, "within_ms": 10}
            CallCount.objects.create(**told, **kind, calls=dice.randint(1, 30))


def test_what_an_mp_does_wrong_is_found_in_two_clicks(mp: Any, asset: Any, page: Page, settings: Any) -> None:
    settings.CALL_LOG_DAYS = 14
    tally.forget()
    two_busy_days(mp.provider)
    create_credential(provider=mp.provider, label="production", expires_at=timezone.now() + timedelta(days=9))
    confirmed(mp, asset)
    tally.forget()
    mp.post("/planning/offers", {"from": HERE, "nrOfTravelers": "some", "customer": {"lastName": "Zwartendijk"}})

    page.goto("/admin/providers/provider/")
    page.get_by_role("link", name="Calls and messages").click()
    expect(page.get_by_role("heading", name="Recent calls")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("production")
    pictured(page, "health")

    page.locator("#recent a").first.click()
    shown = page.locator("body")
    expect(shown).to_contain_text("2001")
    expect(shown).to_contain_text("nrOfTravelers")
    expect(shown).not_to_contain_text("Zwartendijk")
    pictured(page, "call")


def test_the_callback_is_tested_with_one_click(mp: Any, page: Page) -> None:
    with MpServer() as peer:
        CallbackEndpointFactory(provider=mp.provider, base_url=peer.base_url)
        page.goto(f"/admin/providers/provider/{mp.provider.pk}/health/")
        page.get_by_role("button", name="Test callback").click()
        expect(page.locator("#probe")).to_contain_text("It works")
        (ping,) = peer.received
        assert (ping.method, ping.path.endswith("/operator/ping"), ping.body) == ("GET", True, b"")
    page.get_by_role("button", name="Test again").click()
    expect(page.locator("#probe")).to_contain_text("nothing listens at this address")
    pictured(page, "callback")


def test_a_key_is_rolled_over_with_overlap(mp: Any, page: Page) -> None:
    old = mp.provider.credentials.get()
    page.goto(f"/admin/providers/credential/{old.pk}/change/")
    page.get_by_role("link", name="Roll over").click()
    pictured(page, "roll-over")
    page.locator("form button[type=submit]").last.click()
    key = page.locator("#new-key").inner_text()
    expect(page.locator("body")).to_contain_text("The old one is refused from")
    assert mp.get("/bookings").status == 200, "the old one"
    assert mp.get("/bookings", headers={"X-API-Key": key}).status == 200
    old.refresh_from_db()
    assert timedelta(days=6) < old.expires_at - timezone.now() < timedelta(days=8)


def test_a_go_live_check_shows_the_failing_step(operator: Any, page: Page) -> None:
    step = {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": {"en": "Take a picture", "nl": "Maak een foto"}}
    steps = {"offboarding": [{**step, "action": action} for action in ("SEND_EVIDENCE_PARKED", "SEND_FINISH")]}
    provider = ProviderFactory(name="Wayfarer", document={**MAP_CENTRIC, "steps": steps})
    page.goto(f"/admin/providers/provider/{provider.pk}/health/")
    page.get_by_role("button", name="Go-live check").click()
    expect(page.locator("body")).to_contain_text("You may leave this page; the check goes on.")
    run_due()  # what the worker does
    expect(page.locator("body")).to_contain_text("What failed")  # the page looks again by itself
    shown = page.locator("body")
    expect(shown).to_contain_text("map-centric, FINISH")
    expect(shown).to_contain_text("errorcode")
    expect(shown).to_contain_text("Ended")
    pictured(page, "go-live")
    page.goto(f"/admin/providers/provider/{provider.pk}/health/")
    expect(page.locator(".doings")).to_contain_text("version 1 failed")
    pictured(page, "health-of-a-new-one")
