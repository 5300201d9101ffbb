"""Texts and addresses for travellers: one for all languages, or one per language tag."""

from collections.abc import Mapping
from typing import Any

Text = str | Mapping[str, str]
FALLBACK = "en"


def localise(text: Text, language: str) -> str:
    """The text in `language`: of its tag, else of one of the same primary language, else English, else any."""
    if isinstance(text, str):
        return text
    primary = language.split("-")[0].lower()
    related = (text[tag] for tag in sorted(text) if tag.split("-")[0].lower() == primary)
    return text.get(language) or next(related, "") or text.get(FALLBACK) or next(iter(text.values()), "")


def localised(step: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A step as it goes over the wire, its `text` and `url` in `language`."""
    return {name: localise(value, language) if name in {"text", "url"} else value for name, value in step.items()}
