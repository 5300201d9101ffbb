"""A profile's document: its shape, what becomes of it on the way in, and whether it can be stored at all.

    {"processIdentifiers": {module: [NAME, …]}, "steps": {phase: [step, …]}, "conditions": [condition, …],
     "settings": {name: value}, "assetTypes": {typeId: {"steps": {phase: [step, …]}, "conditions": […]}}}

The shape is that of `/operator/meta`; texts and addresses are a string, or one per language tag.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import nh3
from django.utils.translation import gettext

from apps.processes.catalogue import MODULES
from apps.processes.problems import Problem, error, key_in
from apps.processes.steps import Phase

SECTIONS = ("processIdentifiers", "steps", "conditions", "settings", "assetTypes")
# `TEXT` is how the wiki writes `PLAIN_TEXT`.
TYPE_ALIASES = {"TEXT": "PLAIN_TEXT"}
MAX_DEPTH = 30
# Beyond it not every reader of JSON takes a whole number, and the database writes 1e30 as one.
LARGEST_NUMBER = 2**53


def is_too_deep(document: Any) -> bool:
    """Is anything nested deeper than `MAX_DEPTH` levels? Such a document is not looked at any further."""
    waiting = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return True
        if isinstance(value, dict | list):
            waiting.extend((item, depth + 1) for item in (value.values() if isinstance(value, dict) else value))
    return False


def unstorable(value: Any, where: str = "") -> Iterator[Problem]:
    """What JSON files can hold and we cannot keep: NUL, half characters, numbers that are none or beyond 2^53.

    Expects a document that is not too deep.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            if not _is_text(key):
                yield error(key_in(where, key), gettext("The name holds a character that cannot be stored."))
            yield from unstorable(item, key_in(where, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from unstorable(item, f"{where}[{position}]")
    elif isinstance(value, str) and not _is_text(value):
        yield error(where, gettext("The text holds a character that cannot be stored."))
    elif isinstance(value, int | float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        yield error(where, gettext("This is no number from -2^53 to 2^53."))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in value)


def arranged(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the order people read it in; the database keeps members in another. Lists stay as they are."""
    sections = _in_order(document, SECTIONS)
    for name, order in (("processIdentifiers", MODULES), ("steps", [phase.value for phase in Phase])):
        if name in sections:
            sections[name] = _in_order(sections[name], order)
    return sections


def _in_order(members: dict[str, Any], order: Iterable[str]) -> dict[str, Any]:
    return {**{name: members[name] for name in order if name in members}, **members}


def normalise(document: Any) -> Any:
    """The document as it is kept: `TEXT` read as `PLAIN_TEXT`, HTML sanitised, nothing else changed.

    Takes anything; what has another shape than a profile's comes back as it is, for the check to name.
    """
    if not isinstance(document, dict):
        return document
    kept = dict(document)
    if "steps" in kept:
        kept["steps"] = _in_each(kept["steps"], _phase)
    if "assetTypes" in kept:
        kept["assetTypes"] = _in_each(kept["assetTypes"], _asset_type)
    return kept


def _in_each(value: Any, change: Callable[[Any], Any]) -> Any:
    return {key: change(item) for key, item in value.items()} if isinstance(value, dict) else value


def _asset_type(value: Any) -> Any:
    if isinstance(value, dict) and "steps" in value:
        return {**value, "steps": _in_each(value["steps"], _phase)}
    return value


def _phase(steps: Any) -> Any:
    return [_step(step) for step in steps] if isinstance(steps, list) else steps


def _step(step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    kept = dict(step)
    if isinstance(kept.get("type"), str):
        kept["type"] = TYPE_ALIASES.get(kept["type"], kept["type"])
    if kept.get("type") == "HTML" and "text" in kept:
        text = kept["text"]
        kept["text"] = _in_each(text, _clean) if isinstance(text, dict) else _clean(text)
    return kept


def _clean(html: Any) -> Any:
    return nh3.clean(html) if _is_text(html) else html
