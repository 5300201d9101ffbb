"""The cells of a list as plain text: what a column shows, without its colours, links and icons."""

import json
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.safestring import SafeData
from django.utils.text import capfirst
from django.utils.translation import gettext

from apps.backoffice.words import NOTHING

BETWEEN_LINES = "; "
BLOCKS = {"br", "div", "li", "p", "pre", "td", "th", "tr"}
WITHOUT_END = {"br", "hr", "img", "input", "wbr"}
ICON = "material-symbols-outlined"  # whose text is the name of a picture


class _Reading(HTMLParser):
    """Collects the lines that a reader would see."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self.inside_hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.lines.append("")
        named = dict(attrs)
        hidden = ICON in (named.get("class") or "") or named.get("aria-hidden") == "true"
        if (hidden or self.inside_hidden) and tag not in WITHOUT_END:
            self.inside_hidden += 1

    def handle_endtag(self, tag: str) -> None:
        self.inside_hidden = max(0, self.inside_hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.inside_hidden:
            self.lines[-1] += data


def text_of(html: str) -> str:
    """What a reader of this HTML sees; icons are left out, and blocks are parted by semicolons."""
    reading = _Reading()
    reading.feed(html)
    reading.close()
    lines = (" ".join(line.split()) for line in reading.lines)
    return BETWEEN_LINES.join(line for line in lines if line)


def heading(model_admin: "ModelAdmin[Any]", column: Any) -> str:
    """What stands over a column of the list."""
    label = str(label_for_field(column, model_admin.model, model_admin))
    return text_of(capfirst(label))


def cell(model_admin: "ModelAdmin[Any]", column: Any, row: Model) -> str:
    """What the list shows in this column of this row. May read what was not selected with the row.

    Moments are in the present time zone, with their offset; yes and no are words; nothing is empty.
    """
    try:
        field, _, value = lookup_field(column, row, model_admin)
    except ObjectDoesNotExist:
        return ""
    choices = getattr(field, "flatchoices", None)
    if choices:
        value = dict(choices).get(value, value)
    return _in_words(value)


def _in_words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return gettext("yes") if value else gettext("no")
        case datetime():
            return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case SafeData():
            text = text_of(str(value))
        case list() | tuple():
            text = ", ".join(_in_words(one) for one in value)
        case dict():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case _:
            text = str(value)
    return "" if text == NOTHING else text
