"""The traveller's document: one page, as a PDF."""

import io

from apps.documents.pdf import new_document, write_line
from apps.legs.access.sheet import Sheet

WIDTH, HEIGHT = 105, 148  # a page of A6, in millimetres
MARGIN = 10


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF of one A6 page."""
    words = sheet.words
    title = f"{sheet.operator}: {sheet.asset_type}"
    document = new_document(size=(WIDTH, HEIGHT), title=title, language=sheet.language, margin=MARGIN)
    write_line(document, 9, sheet.operator)
    write_line(document, 16, sheet.asset_type)
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
            write_line(document, 9, f"{label}: {text}")
    return bytes(document.output())
