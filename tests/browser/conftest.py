"""The admin in a real browser: Debian's Chromium, headless, driven by Playwright."""

import os
import shutil
import time
from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, sync_playwright

from tests.shipped_roles import of_role, ship_roles

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process; they are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; Django would refuse the database beside one.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_server: Any, admin_client: Client) -> Iterator[Page]:
    """A page of 1280 by 900 of an administrator who logged in before, that tolerates no script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
    session = admin_client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def logged_in_as(browser: Browser, live_server: Any, role: str) -> Page:
    """A page of somebody with this role and nothing else."""
    ship_roles()
    user = of_role(role, password=PASSWORD)
    page = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url).new_page()
    page.set_default_timeout(15_000)
    page.goto("/admin/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation(url=f"{live_server.url}/admin/"):
        page.keyboard.press("Enter")
    return page


def set_up_second_factor(page: Page) -> TOTP:
    """Do on its page what somebody with an authenticator app does; the app, at the time of now."""
    app = TOTP(b32decode(page.locator("#key").inner_text().replace(" ", "")))
    app.time = time.time()
    page.get_by_label("Code").fill(f"{app.token():06}")
    page.get_by_role("button", name="Set up").click()
    return app
