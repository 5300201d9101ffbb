"""Drafts need not hold together: what of them can be shown, previewed and compared all the same."""

from typing import Any

from apps.processes.catalogue import MODULES
from apps.processes.document import normalise
from apps.processes.identifier_checks import names_in
from apps.processes.selectors import Profile
from apps.processes.settings_table import SETTINGS
from apps.processes.steps import Phase


def well_shaped(document: Any) -> dict[str, Any]:
    """The parts of a document that have the shape of a profile's, right or wrong as they may be.

    Every section is there, so that a page can fill it; what has no place in one is left out.
    """
    document = normalise(document) if isinstance(document, dict) else {}
    return {
        "processIdentifiers": {
            module: [name for name in _list(names) if isinstance(name, str)]
            for module, names in _dict(document.get("processIdentifiers")).items()
            if module in MODULES
        },
        "steps": _steps(document.get("steps")),
        "conditions": _conditions(document.get("conditions")),
        "settings": {name: value for name, value in _dict(document.get("settings")).items() if name in SETTINGS},
        "assetTypes": {
            type_id: {"steps": _steps(_dict(own).get("steps")), "conditions": _conditions(_dict(own).get("conditions"))}
            for type_id, own in _dict(document.get("assetTypes")).items()
        },
    }


def as_profile(document: Any) -> Profile:
    """A draft as if it were published: what the API would follow, as far as the draft has a profile's shape."""
    shaped = well_shaped(document)
    names = frozenset(names_in(shaped["processIdentifiers"]))
    return Profile(version_id=None, number=0, identifiers=names, document=shaped)


def left_out(document: Any) -> bool:
    """Does a draft hold anything that `well_shaped` leaves out?"""
    shaped = well_shaped(document)
    return not isinstance(document, dict) or _without_empty(normalise(document)) != _without_empty(shaped)


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    sections = {name: value for name, value in document.items() if value not in ({}, [])}
    types = sections.get("assetTypes")
    if isinstance(types, dict):
        sections["assetTypes"] = {
            key: {name: part for name, part in own.items() if part not in ({}, [])} if isinstance(own, dict) else own
            for key, own in types.items()
        }
    return sections


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _steps(value: Any) -> dict[str, list[dict[str, Any]]]:
    phases = {phase.value for phase in Phase}
    return {
        phase: [_step(step) for step in _list(listed) if isinstance(step, dict)]
        for phase, listed in _dict(value).items()
        if phase in phases
    }


def _step(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name not in {"text", "url"} or _is_text(value)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and all(isinstance(text, str) for text in value.values()))


def _conditions(value: Any) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict) and isinstance(one.get("conditionType"), str)]
