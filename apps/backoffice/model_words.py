"""The words of our models, looked up in the catalogue of the reader's language when they are shown.

Models say their words in English, as they are made: names, help, choices, what a constraint says. `give_words` puts in
their place what looks them up, so that no model and no migration has to know of languages. Choices as such
(`TextChoices`) keep their English labels, which are also written into what is kept and sent; where staff read such a
label by itself, it is `in_words`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.tomp.errors import TompError

OURS = "apps."


@dataclass(frozen=True)
class Word:
    """A text, and where it stands, for whoever translates it."""

    text: str
    place: str


_given: list[Word] = []


def in_words(choice: models.Choices) -> str:
    """The label of a choice in the reader's language."""
    return gettext(str(choice.label)) if choice.label else ""


def choices_in_words(kind: type[models.TextChoices]) -> list[tuple[str, Promise | str]]:
    """What a form of our own offers, each looked up when it is shown."""
    return [(str(one.value), gettext_lazy(str(one.label))) for one in kind]


def give_words() -> None:
    """Have the words of all our models looked up from now on. To be called once, before forms are made of them."""
    for config in apps.get_app_configs():
        if config.name.startswith(OURS):
            config.verbose_name = _looked_up(config.verbose_name, config.name)
            for model in config.get_models():
                _give_words_to(model)


def words() -> list[Word]:
    """All texts that the catalogue needs for what is not written as a call of `gettext`: those of models, all choices,
    the titles of errors. In the order of their places."""
    others = [*_labels(models.Choices), *_titles()]
    return sorted({*_given, *others}, key=lambda word: (word.place, word.text))


def _looked_up(text: Any, place: str) -> Any:
    """What looks a text up; texts that are looked up already, as those of libraries are, and empty ones stay."""
    if not isinstance(text, str) or not text:
        return text
    _given.append(Word(text, place))
    return gettext_lazy(text)


def _give_words_to(model: type[models.Model]) -> None:
    meta = model._meta
    place = f"{model.__module__}.{model.__name__}"
    plural = str(meta.verbose_name_plural)
    meta.verbose_name = _looked_up(meta.verbose_name, place)
    meta.verbose_name_plural = _looked_up(plural, place)
    for field in (*meta.local_fields, *meta.local_many_to_many):
        _give_words_to_field(field, f"{place}.{field.name}")
    for constraint in meta.constraints:
        constraint.violation_error_message = _looked_up(constraint.violation_error_message, place)


def _give_words_to_field(field: Any, place: str) -> None:
    field.verbose_name = _looked_up(field.verbose_name, place)
    field.help_text = _looked_up(field.help_text, place)
    if field.choices:
        field.choices = [(value, _looked_up(label, place)) for value, label in field.choices]
    for validator in field._validators:
        if hasattr(validator, "message"):
            validator.message = _looked_up(validator.message, place)


def _labels(kind: type[models.Choices]) -> Iterator[Word]:
    for choices in kind.__subclasses__():
        yield from _labels(choices)
        if choices.__module__.startswith(OURS):
            place = f"{choices.__module__}.{choices.__qualname__}"
            yield from (Word(str(one.label), place) for one in choices if one.label)


def _titles() -> Iterator[Word]:
    errors: list[type[TompError]] = [TompError, *TompError.__subclasses__()]
    return (Word(error.title, f"{error.__module__}.{error.__name__}") for error in errors)
