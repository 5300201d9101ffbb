"""The fleet manager: where everything is, an asset's card, and a region drawn on the map."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.stations.models import Region
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_asset_is_found_and_its_card_read(operator: Any, page: Page) -> None:
    asset = factories.AssetFactory(latitude=52.1003, longitude=5.1303)
    factories.StationFactory(latitude=52.1, longitude=5.13, name={"en": "Vredenburg"})
    page.goto("/admin/assets/asset/map/")
    expect(page.locator("#count")).to_contain_text("1 asset")
    page.get_by_label("Find an asset").fill(asset.code)
    page.keyboard.press("Enter")
    card = page.locator("#card")
    expect(card).to_contain_text(asset.code)
    expect(card.get_by_role("link", name="Into maintenance")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator("#in-view button").first.click()
    card.get_by_role("link", name="Open its page").click()
    expect(page.locator("body")).to_contain_text("Available")


def test_a_region_is_drawn_and_saved(operator: Any, page: Page) -> None:
    factories.StationFactory(latitude=52.1, longitude=5.13)
    page.goto("/admin/assets/asset/map/")
    expect(page.locator("#count")).to_contain_text("in view")
    page.get_by_role("button", name="Draw a region").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    corners = [(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6), (0.3, 0.3)]
    for x, y in corners:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(400)  # Leaflet.draw takes two clicks at once for a double click
    page.wait_for_url("**/stations/region/add/")
    page.locator("#id_region_id").fill("centre")
    page.locator("[name^=name_]").first.fill("Centre")
    page.locator("[name=_save]").click()
    expect(page.locator("body")).to_contain_text("was added successfully")
    region = Region.objects.get(region_id="centre")
    assert region.service_area["type"] == "Polygon"
    assert len(region.service_area["coordinates"][0]) == 5
    page.goto(f"/admin/stations/region/{region.pk}/change/")
    expect(page.locator(".area-on-map path")).to_have_count(1)
