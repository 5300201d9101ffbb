"""The fleet manager: where everything is, an asset's card, and a region drawn on the map."""

from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

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


def test_what_is_written_in_names_is_shown_and_never_run(operator: Any, page: Page) -> None:
    evil, ran = "<img src=x onerror='alert(1)'>", list[str]()

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    station = factories.StationFactory(latitude=52.1, longitude=5.13, name={"en": f"Pier {evil}"})
    factories.RegionFactory(name={"en": f"Beach {evil}"})
    asset = factories.AssetFactory(code=f"B {evil}", latitude=52.1003, longitude=5.1303)
    page.goto("/admin/assets/asset/map/")
    expect(page.locator(".area-name")).to_have_text(f"Beach {evil}")
    page.get_by_label("Find an asset").fill(asset.code)
    page.get_by_label("Find an asset").press("Enter")
    expect(page.locator("#card")).to_contain_text(asset.code)
    page.locator(f"path.asset.{asset.state}").first.hover()
    expect(page.locator(".leaflet-tooltip", has_text="B <img")).to_be_visible()
    page.locator(".leaflet-marker-icon.station").hover()
    expect(page.locator(".leaflet-tooltip", has_text="Pier <img")).to_be_visible()
    page.locator(".leaflet-marker-icon.station").click()
    expect(page.locator(".leaflet-popup")).to_contain_text(f"Pier {evil}")
    page.goto(f"/admin/assets/asset/{asset.pk}/change/")
    expect(page.locator("#asset-map .leaflet-tooltip").first).to_be_visible()
    page.goto(f"/admin/stations/station/{station.pk}/change/")
    expect(page.locator("h1").first).to_contain_text("Pier <img")
    assert ran == []
