"""The traveller's document: one page, as a PDF."""

import io
from pathlib import Path

from fpdf import FPDF

from apps.legs.access.sheet import Sheet

# Latin, Greek, Cyrillic and more; the fonts that every reader has know Western Europe only.
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
WIDTH = 105  # a page of A6, in millimetres
MARGIN = 10


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF of one A6 page."""
    words = sheet.words
    document = FPDF(format=(WIDTH, 148))
    document.set_title(f"{sheet.operator}: {sheet.asset_type}")
    document.set_lang(sheet.language)
    document.set_margin(MARGIN)
    document.add_font("sans", fname=FONT)
    document.add_page()
    _line(document, 9, sheet.operator)
    _line(document, 16, sheet.asset_type)
    image = io.BytesIO(sheet.code)
    document.image(image, x=MARGIN, w=WIDTH - 2 * MARGIN, h=62, keep_aspect_ratio=True)
    document.ln(2)
    for label, text in (
        (words["ticket"], sheet.ticket),
        (words["asset"], sheet.asset),
        (words["where"], sheet.place or f"{sheet.latitude:.5f}, {sheet.longitude:.5f}"),
        (words["key"], sheet.key_place),
        (words["from"], sheet.valid_from),
        (words["until"], sheet.valid_until),
    ):
        if text:
            _line(document, 9, f"{label}: {text}")
    return bytes(document.output())


def _line(document: FPDF, size: int, text: str) -> None:
    document.set_font("sans", size=size)
    document.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")
