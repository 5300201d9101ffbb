"""A fleet manager takes a filtered list into maintenance, follows it to its end, and prints the labels."""

import io
from typing import Any

import pypdf
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.fleet.models import BulkChange
from apps.fleet.working import run_due, settle, waiting
from tests import factories
from tests.browser.conftest import logged_in_as
from tests.browser.pictures import pictured
from tests.browser.test_accessibility import findings
from tests.rides import confirmed

pytestmark = pytest.mark.django_db(transaction=True)


def choose_all(page: Page, address: str, action: str) -> None:
    """All that a list shows and what is on its further pages, and what is to be done with them."""
    page.goto(address)
    page.locator("#action-toggle").check()
    question = page.locator("span.question a")
    if question.is_visible():
        question.click()
    page.locator("select[name=action]").select_option(action)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#consequences")).to_be_visible()


def no_findings(page: Page, name: str) -> None:
    pictured(page, name)
    assert findings(page) == [], name


def test_a_whole_list_goes_into_maintenance_and_is_labelled(
    browser: Browser, live_server: Any, mp: Any, asset: Any
) -> None:
    kind = asset.asset_type
    Asset.objects.bulk_create(factories.AssetFactory.build_batch(59, asset_type=kind))
    elsewhere = factories.AssetFactory()
    booking = confirmed(mp, asset)
    page = logged_in_as(browser, live_server, "Fleet manager")

    filtered = f"{reverse('admin:assets_asset_changelist')}?asset_type__id__exact={kind.pk}"
    choose_all(page, filtered, "start_maintenance")
    expect(page.locator("#changing")).to_have_text("59")
    expect(page.locator("#promised")).to_have_text("1")
    expect(page.locator("#bookings")).to_contain_text(booking[:8])
    expect(page.get_by_label("Leave them as they are")).to_be_checked()
    no_findings(page, "bulk-begin")
    page.get_by_role("textbox", name="Reason").fill("Spring check")
    page.get_by_role("button", name="Into maintenance").click()

    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    for row in waiting().values_list("pk", flat=True)[:20]:
        settle(row)
    expect(bar).to_have_attribute("aria-valuenow", "20")
    page.goto("/admin/")
    page.locator("#nav-sidebar").get_by_role("link", name="Bulk changes", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("Spring check")
    page.locator("#result_list tbody th a").first.click()
    run_due()
    expect(bar).to_have_attribute("aria-valuenow", "60")
    expect(page.locator("body")).to_contain_text("promised to a booking")
    expect(page.locator("body")).to_contain_text("Ended")
    no_findings(page, "bulk-ended")
    assert Asset.objects.filter(state="MAINTENANCE").count() == 59
    assert Booking.objects.get().state == "CONFIRMED"
    elsewhere.refresh_from_db()
    assert elsewhere.state == "AVAILABLE"
    with page.expect_download() as csv:
        page.get_by_role("link", name="Results as CSV").click()
    assert len(csv.value.path().read_text("utf-8-sig").splitlines()) == 61

    choose_all(page, filtered, "print_labels")
    expect(page.locator("#without-code")).to_have_text("60")
    page.get_by_label("Make one for each").check()
    page.get_by_role("button", name="Print labels").click()
    expect(bar).to_be_visible()
    run_due()
    labels = page.get_by_role("link", name="Labels (PDF)")
    expect(labels).to_be_visible()
    address = labels.get_attribute("href")
    assert address is not None
    answer = page.context.request.get(live_server.url + address)
    assert len(pypdf.PdfReader(io.BytesIO(answer.body())).pages) == 3
    assert BulkChange.objects.filter(state="DONE").count() == 2
    page.context.close()
