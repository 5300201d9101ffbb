"""Buttons that show something once: an impatient hand does not lose it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.providers.models import Credential
from tests.factories import ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)

# Is the form sent each time? Nothing leaves the page.
SENT_TWICE = """() => {
  const form = document.querySelector("form[data-once]");
  return [1, 2].map(() => form.dispatchEvent(new SubmitEvent("submit", { cancelable: true })));
}"""


def test_a_double_click_makes_one_key_and_shows_it(operator: Any, page: Page) -> None:
    page.goto(f"/admin/providers/provider/{ProviderFactory().pk}/do/new-key/")
    page.get_by_label("Label").fill("production")
    assert page.evaluate(SENT_TWICE) == [True, False]
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    page.get_by_role("button", name="New key").dblclick()
    expect(page.locator("#new-key")).to_contain_text("tomp_")
    assert Credential.objects.count() == 1

    page.go_back()
    page.get_by_label("Label").fill("test")
    page.get_by_role("button", name="New key").click()
    expect(page.locator("#new-key")).to_contain_text("tomp_")
    assert Credential.objects.count() == 2, "whoever goes back can press again"
