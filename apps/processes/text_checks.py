"""Texts and addresses for travellers: in every language of the operator's, and leading somewhere."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext

from apps.processes.problems import Problem, Surroundings, error, key_in, quoted, warning

MAX_LENGTH = 20_000


def is_web_address(value: str) -> bool:
    """Is it an absolute http or https address?"""
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, value))
    except ValueError:
        return False


def text_problems(value: Any, where: str, around: Surroundings) -> Iterator[Problem]:
    """A text is a string for all languages, or one string for each of the operator's."""
    for tag, text in _translations(value):
        place = key_in(where, tag) if tag else where
        if not isinstance(text, str):
            yield error(place, gettext("A text is needed here, not %(text)s.") % {"text": quoted(text)})
        elif not text.strip():
            yield error(place, gettext("The text is empty."))
        elif len(text) > MAX_LENGTH:
            yield error(
                place, gettext("The text is longer than %(MAX_LENGTH)s characters.") % {"MAX_LENGTH": MAX_LENGTH}
            )
    yield from _languages(value, where, around)


def url_problems(value: Any, where: str, around: Surroundings) -> Iterator[Problem]:
    """An address is a string for all languages, or one string for each of the operator's."""
    for tag, url in _translations(value):
        place = key_in(where, tag) if tag else where
        if not isinstance(url, str) or not is_web_address(url):
            yield error(
                place,
                gettext("An address such as https://example.org/page is needed here, not %(url)s.")
                % {"url": quoted(url)},
            )
    yield from _languages(value, where, around)


def _translations(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else [("", value)]


def _languages(value: Any, where: str, around: Surroundings) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    for language in around.languages:
        if language not in value:
            yield error(
                where, gettext("There is no text in the operator's language %(language)s.") % {"language": language}
            )
    for tag in value:
        if tag not in around.languages:
            yield warning(key_in(where, tag), gettext("This is none of the operator's languages; nobody will see it."))
