"""Every list and the main pages, on a laptop and on a tablet, light and dark: nothing scrolls sideways, and axe-core
finds nothing serious. One log-in, each page opened once.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.customers.models import CustomerAccount
from apps.support.models import SupportRequest
from tests import factories
from tests.one_of_everything import one_of_everything

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = ((1280, "light"), (820, "dark"))
# axe-core takes most of the time, so it looks at each page once, in turns on the laptop and on the tablet, and at the
# menu, which all have, on the first of them alone.
GRAVE = """async (whole) => (await axe.run(
        {include: [["html"]], exclude: whole ? [] : [["#nav-sidebar"]]}, {resultTypes: ["violations"]}
    )).violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target).join("; ")}`)"""


def pages(ride: str, asset: Any) -> Iterator[tuple[str, str]]:
    """Name and address of each page."""
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield name, reverse(f"admin:{name}_changelist")
    yield "saved-filters", reverse("admin:assets_asset_filters")
    yield "save-filter", reverse("admin:assets_asset_save_filter") + "?state__exact=AVAILABLE"
    yield "narrowed", reverse("admin:assets_asset_changelist") + "?state__exact=AVAILABLE"
    yield "nothing-fits", reverse("admin:bookings_booking_changelist") + "?q=nothing"
    yield "dashboard", reverse("admin:index")
    yield "find", reverse("find") + "?q=utrecht"
    yield "map", reverse("admin:assets_asset_map")
    yield "second-factor", reverse("second-factor")
    yield "booking", reverse("admin:bookings_booking_change", args=[ride])
    yield "leg", reverse("admin:legs_leg_change", args=[ride])
    yield "leg-finish", reverse("admin:legs_leg_do", args=[ride, "correct"])
    yield "asset", reverse("admin:assets_asset_change", args=[asset.pk])
    request = SupportRequest.objects.values_list("pk", flat=True)[0]
    yield "support-request", reverse("admin:support_supportrequest_change", args=[request])
    yield "add-region", reverse("admin:stations_region_add")
    yield "add-pricing-rule", reverse("admin:pricing_pricingrule_add")
    yield "add-station", reverse("admin:stations_station_add")
    yield "add-plan", reverse("admin:pricing_pricingplan_add")
    yield "import", reverse("admin:stations_station_import")
    yield "export", reverse("admin:stations_station_export")


def shown(page: Page, width: int, theme: str) -> None:
    """The open page at this width, in this theme."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate(f"document.documentElement.classList.toggle('dark', {str(theme == 'dark').lower()})")


@pytest.mark.soak
def test_every_page_fits_and_keeps_nobody_out(mp: Any, asset: Any, page: Page) -> None:
    ride = one_of_everything(mp, asset)
    CustomerAccount.objects.create(provider=mp.provider, external_id="their-7")
    page.add_init_script(path=AXE_FILE_PATH)
    found: list[str] = []
    for number, (name, address) in enumerate(pages(ride, asset)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        for width, theme in LOOKS:
            shown(page, width, theme)
            overflow = page.evaluate("document.documentElement.scrollWidth") - width
            if overflow > 0:
                found.append(f"{name}, {width}: {overflow} pixels too wide")
            if (width, theme) == LOOKS[number % 2]:
                found += [f"{name}, {width} {theme}: {one}" for one in page.evaluate(GRAVE, number < len(LOOKS))]
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png")
    assert not found, "\n".join(found)


def test_a_list_is_worked_by_keyboard_alone(operator: Any, page: Page) -> None:
    factories.AssetFactory()
    page.goto(reverse("admin:assets_asset_changelist"))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#searchbar")).to_have_value("a/b")
    filters = page.locator("#open-filters")
    filters.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    expect(filters).to_be_focused()
    page.set_viewport_size({"width": 820, "height": 1000})
    menu = page.get_by_role("button", name="Menu").locator("visible=true")
    menu.press("Enter")
    legs = page.locator("#nav-sidebar").get_by_role("link", name="Legs", exact=True)
    expect(legs).to_be_in_viewport()
    menu.press("Escape")
    expect(page.locator("#nav-sidebar")).to_be_hidden()
