"""The support desk: log in, find the booking, cancel it, see its story."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.bookings.models import Booking
from apps.providers.models import Credential
from apps.webhooks.models import OutboxMessage
from tests.rides import confirmed

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_booking_is_found_cancelled_and_its_story_told(mp: Any, asset: Any, page: Page) -> None:
    booking = confirmed(mp, asset)
    page.goto("/admin/bookings/booking/")
    page.locator("#searchbar").fill(asset.code)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=booking[:8]).click()
    expect(page.locator("body")).to_contain_text("Confirmed")
    assert page.locator("[name=state]").count() == 0, "no form field holds the state"

    page.get_by_role("link", name="Cancel booking").click()
    page.get_by_label("Reason").fill("The brake cable is broken")
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.locator("#preview")).to_contain_text("is told CANCEL: “The brake cable is broken”")
    assert not OutboxMessage.objects.exists(), "nothing has happened yet"
    page.get_by_role("button", name="Cancel booking").click()

    expect(page.locator("body")).to_contain_text("The booking is cancelled.")
    story = page.locator("body").inner_text()
    assert "The brake cable is broken" in story
    assert "CANCEL" in story
    assert Booking.objects.get(pk=booking).state == "CANCELLED"
    assert OutboxMessage.objects.get().body["reason"] == "The brake cable is broken"
    assert page.get_by_role("link", name="Cancel booking").count() == 0


def test_a_new_key_is_shown_once(mp: Any, page: Page) -> None:
    page.goto(f"/admin/providers/provider/{mp.provider.pk}/change/")
    page.get_by_role("link", name="New key").click()
    page.get_by_label("Label").fill("production")
    page.locator("form button[type=submit]").last.click()
    key = re.search(r"tomp_[0-9a-f]{12}_[\w-]{43}", page.content())
    assert key is not None
    assert Credential.objects.get(label="production").prefix in key.group()
    page.reload()
    assert key.group() not in page.content()
    page.goto(f"/admin/providers/provider/{mp.provider.pk}/change/")
    assert key.group() not in page.content()


def test_pages_fit_a_laptop(mp: Any, asset: Any, page: Page) -> None:
    booking = confirmed(mp, asset)
    for address in (
        "/admin/",
        "/admin/assets/asset/",
        f"/admin/assets/asset/{asset.pk}/change/",
        "/admin/bookings/booking/",
        f"/admin/bookings/booking/{booking}/change/",
        f"/admin/legs/leg/{booking}/change/",
        "/admin/webhooks/outboxmessage/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
