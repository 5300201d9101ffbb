"""Labels to stick on assets: a QR code with what people read beside it, as a PDF.

Sheets are A4 with 24 labels of 70 by 37 mm, as stationers sell them, without gaps; nothing is printed near an edge, so
that a printer that is a little off spoils none. Or one label to a page, for label printers.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import zxingcpp
from django.db import models
from fpdf import FPDF
from PIL import Image

from apps.assets.label_layouts import Layout
from apps.assets.models import Asset, AssetIdentifier, IdentifierKind
from apps.documents.pdf import new_document
from apps.operator.models import Operator
from apps.operator.selectors import operator_basics

# Millimetres.
WIDTH, HEIGHT = 70, 37
COLUMNS, ROWS = 3, 8
TOP = 0.5  # eight rows leave a millimetre of A4
CODE_SIZE = 29
INSET = 4
TEXT_LEFT = INSET + CODE_SIZE + 1
TEXT_WIDTH = WIDTH - TEXT_LEFT - INSET

POINTS = {"code": 20, "printed": 12, "words": 8}
LEAST_POINTS = 5
PIXELS_PER_MODULE = 4
# A quarter of the code may be scratched or dirty.
CORRECTION = "Q"


@dataclass(frozen=True)
class Label:
    """What is on one label; `printed_code` is empty where the asset has none of its own."""

    qr: str
    code: str
    printed_code: str
    asset_type: str
    operator: str


def without_qr_code(assets: models.QuerySet[Asset]) -> models.QuerySet[Asset]:
    """Those of `assets` that have no QR code, and so no label."""
    codes = AssetIdentifier.objects.filter(asset=models.OuterRef("pk"), kind=IdentifierKind.QR)
    return assets.filter(~models.Exists(codes))


def labels_of(asset_ids: Collection[int]) -> list[Label]:
    """The labels of assets in the order of their codes, without those that have no QR code. Four statements.

    Of several codes of a kind, the one added last counts. Texts are in the operator's first language.
    """
    language = operator_basics().languages[0]
    operator = Operator.objects.first()
    whose = operator.name.localize(language) if operator is not None else ""
    kinds = (IdentifierKind.QR, IdentifierKind.PRINTED_CODE)
    read = AssetIdentifier.objects.filter(asset__in=asset_ids, kind__in=kinds).order_by("pk")
    values = {(asset_id, kind): value for asset_id, kind, value in read.values_list("asset_id", "kind", "value")}
    return [
        Label(
            qr=values[asset.pk, IdentifierKind.QR],
            code=asset.code,
            printed_code=values.get((asset.pk, IdentifierKind.PRINTED_CODE), ""),
            asset_type=asset.asset_type.name.localize(language),
            operator=whose,
        )
        for asset in Asset.objects.filter(pk__in=asset_ids).select_related("asset_type").order_by("code")
        if (asset.pk, IdentifierKind.QR) in values
    ]


def pdf(labels: Iterable[Label], layout: Layout) -> bytes:
    """The labels, one after the other from the top left. A page at least, also where there is none."""
    on_sheets = layout == Layout.SHEETS
    document = new_document(
        size="A4" if on_sheets else (WIDTH, HEIGHT), title="Labels", language=operator_basics().languages[0], margin=0
    )
    document.set_auto_page_break(False)
    per_page = COLUMNS * ROWS if on_sheets else 1
    for number, label in enumerate(labels):
        place = number % per_page
        if number and place == 0:
            document.add_page()
        row, column = divmod(place, COLUMNS)
        _draw(document, label, left=column * WIDTH, top=row * HEIGHT + (TOP if on_sheets else 0))
    return bytes(document.output())


def _draw(document: FPDF, label: Label, *, left: float, top: float) -> None:
    document.image(_qr_image(label.qr), x=left + INSET, y=top + INSET, w=CODE_SIZE)
    printed = label.printed_code if label.printed_code != label.code else ""
    for text, points, baseline in (
        (label.code, POINTS["code"], 13),
        (printed, POINTS["printed"], 19),
        (label.asset_type, POINTS["words"], 26),
        (label.operator, POINTS["words"], 30),
    ):
        if text:
            document.set_font("sans", size=_fitting(document, text, points))
            document.text(left + TEXT_LEFT, top + baseline, _cut(document, text))


def _qr_image(content: str) -> Image.Image:
    """With the quiet zone around it. Made by zxing-cpp, which takes a twentieth of segno's time for thousands."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level=CORRECTION)
    return Image.fromarray(code.to_image(scale=PIXELS_PER_MODULE))


def _fitting(document: FPDF, text: str, points: float) -> float:
    """The size, of `points` at most, at which the text is no wider than its place."""
    document.set_font("sans", size=points)
    return float(max(LEAST_POINTS, min(points, points * TEXT_WIDTH / document.get_string_width(text))))


def _cut(document: FPDF, text: str) -> str:
    """The text in the present size, its end cut off where even the smallest letters are too many."""
    if document.get_string_width(text) <= TEXT_WIDTH + 0.1:
        return text
    while text and document.get_string_width(f"{text}…") > TEXT_WIDTH:
        text = text[:-1]
    return f"{text}…"
