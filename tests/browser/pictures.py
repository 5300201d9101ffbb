"""What a page looks like on a laptop and on a tablet, light and dark."""

import os
from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (1280, 820)


def pictured(page: Page, name: str) -> None:
    """Fits a laptop and a tablet, light and dark; with SCREENSHOTS set, pictures are left in that folder."""
    folder = os.environ.get("SCREENSHOTS")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        for dark in (False, True):
            page.evaluate(f"document.documentElement.classList.toggle('dark', {str(dark).lower()})")
            if folder:
                page.screenshot(path=Path(folder) / f"{name}-{width}{'-dark' * dark}.png", full_page=True)
    page.evaluate("document.documentElement.classList.remove('dark')")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
