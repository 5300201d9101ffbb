"""How a PDF of ours begins: in a font that knows more than Western Europe's letters."""

from pathlib import Path

from fpdf import FPDF

# Latin, Greek, Cyrillic and more; the fonts that every reader has know Western Europe only.
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
LINE_HEIGHT = 0.5  # millimetres per point


def new_document(*, size: str | tuple[float, float], title: str, language: str, margin: float) -> FPDF:
    """A document with one empty page; `size` as fpdf2 names it or in millimetres, as is the `margin`."""
    document = FPDF(format=size)
    document.set_title(title)
    document.set_lang(language)
    document.set_margin(margin)
    document.add_font("sans", fname=FONT)
    document.set_font("sans", size=9)
    document.add_page()
    return document


def write_line(document: FPDF, points: int, text: str) -> None:
    """A paragraph over the whole width, `points` high."""
    document.set_font("sans", size=points)
    document.multi_cell(0, points * LINE_HEIGHT, text, new_x="LMARGIN", new_y="NEXT")
