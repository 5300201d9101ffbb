"""A traveller's page on a phone, under its own Content-Security-Policy."""

import io
from typing import Any

import pyrxing
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from apps.legs.access import passes
from tests import factories
from tests.legs.test_access import bike, path_of, prepared

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("methods", [("HTML",), ("HTML", "BARCODE")])
def test_a_traveller_finds_and_opens_the_asset(operator: Any, browser: Browser, live_server: Any, methods: Any) -> None:
    asset = bike(*methods, key_place={"en": "In the box on the rear wheel."})
    factories.AssetIdentifierFactory(asset=asset, kind="PRINTED_CODE", value="B-0042")
    _, _, token = prepared("ACCESS_CODE_HTML", asset)
    phone: Any = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 3, "locale": "en-GB"}
    context = browser.new_context(base_url=live_server.url, **phone)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path_of(token))
    for words in ("Test bikes", "City bike", "B-0042", "In the box on the rear wheel.", "Valid until"):
        expect(page.locator("main")).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing hangs over the edge"
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).display") == "block", "it has its style"
    assert page.get_by_role("link", name="Open in the app").bounding_box()["height"] >= 44  # type: ignore[index]
    shot = page.locator("figure img").screenshot()
    (found,) = pyrxing.read_barcodes(Image.open(io.BytesIO(shot)).convert("L"))
    assert str(found.format) == ("Code128" if "BARCODE" in methods else "QRCode"), "a scanner reads it off the screen"
    if "BARCODE" in methods:
        assert passes.read(found.text).asset_public_id == asset.public_id
    assert not [one for one in complaints if "favicon" not in one]
    assert context.cookies() == []
    context.close()
