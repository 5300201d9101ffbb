"""Texts of the demo operator, in its two languages."""

from i18nfield.strings import LazyI18nString


def text(en: str, nl: str) -> LazyI18nString:
    """A text in English and Dutch."""
    return LazyI18nString({"en": en, "nl": nl})
