"""Logging in as staff do: with a code of an app, and not at all after too many guesses."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page, expect

from apps.backoffice.models import LoginRule
from tests.browser.conftest import PASSWORD, set_up_second_factor
from tests.browser.pictures import pictured
from tests.factories import staff_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Any:
    """A page on which nobody has logged in yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def log_in(page: Page, password: str = PASSWORD, code: str = "") -> None:
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state()


def test_who_has_to_sets_up_an_app_and_logs_in_with_its_code(visitor: Page) -> None:
    role = Group.objects.create(name="Careful")
    LoginRule.objects.create(role=role, second_factor=True)
    user = staff_user()
    user.groups.add(role)

    log_in(visitor)
    expect(visitor.locator("body")).to_contain_text("Your role demands a second factor")
    pictured(visitor, "second-factor")
    app = set_up_second_factor(visitor)
    codes = visitor.locator("#recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    pictured(visitor, "recovery-codes")
    visitor.get_by_role("link", name="I have kept them").click()
    expect(visitor).to_have_url(re.compile("/admin/$"))

    visitor.context.clear_cookies()
    log_in(visitor)
    expect(visitor.get_by_role("alert")).to_contain_text("Enter the code of your authenticator app too.")
    pictured(visitor, "log-in")
    TOTPDevice.objects.update(last_t=0)  # the codes of this half minute were used to set it up
    log_in(visitor, code=f"{app.token():06}")
    expect(visitor).to_have_url(re.compile("/admin/$"))


def test_guessing_ends(visitor: Page, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    staff_user()
    for _ in range(3):
        log_in(visitor, "wrong")
    expect(visitor.get_by_role("heading")).to_have_text("Too many attempts")
    pictured(visitor, "locked")
    log_in(visitor)
    expect(visitor.get_by_role("heading")).to_have_text("Too many attempts")
