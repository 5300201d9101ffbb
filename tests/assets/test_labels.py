"""Labels: what is printed can be read, by people and by readers of QR codes."""

import io
from typing import Any

import pypdf
import pyrxing
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from apps.assets.identifying import give_qr_code
from apps.assets.label_layouts import Layout
from apps.assets.labels import COLUMNS, ROWS, Label, labels_of, pdf, without_qr_code
from apps.assets.models import Asset, AssetIdentifier
from apps.tomp.errors import IllegalState
from tests import factories
from tests.profiles import client
from tests.rides import HERE

pytestmark = pytest.mark.django_db


def pages(content: bytes) -> list[Any]:
    return list(pypdf.PdfReader(io.BytesIO(content)).pages)


def codes_on(page: Any) -> list[str]:
    """What the QR codes of a page say, as they were drawn: read by another library than drew them."""
    read = []
    for image in page.images:
        (found,) = pyrxing.read_barcodes(Image.open(io.BytesIO(image.data)).convert("L"))
        read.append(found.text)
    return read


def test_a_label_says_all_that_people_and_readers_look_for(operator: Any) -> None:
    kind = factories.AssetTypeFactory(name={"en": "Ποδήλατο πόλης", "nl": "Stadsfiets"})
    asset = factories.AssetFactory(code="B00042", asset_type=kind)
    factories.AssetIdentifierFactory(asset=asset, value="https://qr.example/old")
    factories.AssetIdentifierFactory(asset=asset, value="https://qr.example/42")
    factories.AssetIdentifierFactory(asset=asset, kind="PRINTED_CODE", value="Ж-7731")
    (page,) = pages(pdf(labels_of([asset.pk]), Layout.SINGLE))
    assert codes_on(page) == ["https://qr.example/42"], "the one added last"
    said = page.extract_text()
    for text in ("B00042", "Ж-7731", "Ποδήλατο πόλης", "Test bikes"):
        assert text in said
    millimetres = [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]]
    assert millimetres == [70, 37]


def test_a_printed_code_that_is_the_assets_own_is_said_once(operator: Any, asset: Asset) -> None:
    factories.AssetIdentifierFactory(asset=asset)
    factories.AssetIdentifierFactory(asset=asset, kind="PRINTED_CODE", value=asset.code)
    (page,) = pages(pdf(labels_of([asset.pk]), Layout.SINGLE))
    assert page.extract_text().count(asset.code) == 1


def test_sheets_hold_24_labels_in_the_order_of_the_codes(operator: Any) -> None:
    assets = [factories.AssetFactory(code=f"B{number:05}") for number in range(30)]
    for asset in reversed(assets):
        factories.AssetIdentifierFactory(asset=asset, value=f"qr:{asset.code}")
    first, second = pages(pdf(labels_of([asset.pk for asset in assets]), Layout.SHEETS))
    assert codes_on(first) + codes_on(second) == [f"qr:{asset.code}" for asset in assets]
    assert len(codes_on(first)) == COLUMNS * ROWS == 24


def test_what_is_too_long_is_made_smaller_and_then_cut(operator: Any) -> None:
    label = Label(qr="x" * 200, code="B" * 50, printed_code="", asset_type="Cargo bike " * 18, operator="Test")
    (page,) = pages(pdf([label], Layout.SINGLE))
    assert codes_on(page) == ["x" * 200]
    assert "…" in page.extract_text()


def test_a_code_is_made_once_and_tells_nothing_of_the_asset(operator: Any, asset: Asset) -> None:
    assert without_qr_code(Asset.objects.all()).get() == asset
    made = give_qr_code(asset_id=asset.pk)
    assert (made.kind, made.asset) == ("QR", asset)
    whose, chance = made.value.split(":")
    assert (whose, len(chance)) == (operator.system_id, 12)
    assert asset.code not in made.value
    assert asset.public_id not in made.value
    with pytest.raises(IllegalState, match="has a QR code"):
        give_qr_code(asset_id=asset.pk)
    assert AssetIdentifier.objects.get() == made
    assert not without_qr_code(Asset.objects.all()).exists()


def test_an_mp_finds_the_asset_by_the_code_that_was_made(operator: Any, asset: Asset) -> None:
    mp = client(planning=["ASSET_BASED", "QR_SCAN"])
    code = give_qr_code(asset_id=asset.pk).value
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [code]})
    assert (answer.status, len(answer.body["options"])) == (201, 1), answer


def test_the_button_shows_the_label_and_makes_no_code_unasked(
    operator: Any, asset: Asset, admin_client: Client
) -> None:
    address = reverse("admin:assets_asset_do", args=[asset.pk, "label"])
    assert "has no QR code yet" in admin_client.get(address).text
    refused = admin_client.post(address, {"layout": "SINGLE"})
    assert "Without a QR code there is no label." in refused.text
    assert not AssetIdentifier.objects.exists()
    answer = admin_client.post(address, {"layout": "SHEETS", "make_code": "on"})
    assert answer.headers["Content-Type"] == "application/pdf"
    (page,) = pages(answer.content)
    assert codes_on(page) == [AssetIdentifier.objects.get().value]
    assert "Nothing changes" in admin_client.get(address).text
    assert admin_client.post(address, {"layout": "SINGLE"}).headers["Content-Type"] == "application/pdf"
    assert AssetIdentifier.objects.count() == 1


def test_a_label_is_shown_again_by_the_same_form(operator: Any, asset: Asset, admin_client: Client) -> None:
    address = reverse("admin:assets_asset_do", args=[asset.pk, "label"])
    token = str(admin_client.get(address).context["token"])
    sent = {"layout": "SINGLE", "make_code": "on", "token": token}
    for _ in range(2):
        assert admin_client.post(address, sent).headers["Content-Type"] == "application/pdf"
    assert AssetIdentifier.objects.count() == 1, "the code is made once"
