"""Drafts need not hold together: what of them can be shown, previewed and compared all the same."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.processes.catalogue import MODULES
from apps.processes.document import is_too_deep, normalise
from apps.processes.identifier_checks import names_in
from apps.processes.selectors import Profile
from apps.processes.settings_table import SETTINGS
from apps.processes.steps import Phase


def well_shaped(document: Any) -> dict[str, Any]:
    """The parts of a document that have the shape of a profile's, right or wrong as they may be."""
    if not isinstance(document, dict) or is_too_deep(document):
        return {}
    return _each(
        normalise(document),
        {
            "processIdentifiers": _identifiers,
            "steps": _steps,
            "conditions": _conditions,
            "settings": _settings,
            "assetTypes": _asset_types,
        },
    )


def as_profile(document: Any) -> Profile:
    """A draft as if it were published: what the API would follow, as far as the draft has a profile's shape."""
    shaped = well_shaped(document)
    names = frozenset(names_in(shaped.get("processIdentifiers")))
    return Profile(version_id=None, number=0, identifiers=names, document=shaped)


def left_out(document: Any) -> bool:
    """Does a draft hold anything that `well_shaped` leaves out?"""
    return not isinstance(document, dict) or is_too_deep(document) or well_shaped(document) != normalise(document)


def _each(value: Any, parts: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: shape(value[name]) for name, shape in parts.items() if name in value}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _identifiers(value: Any) -> dict[str, list[str]]:
    return {
        module: [name for name in _list(names) if isinstance(name, str)]
        for module, names in _dict(value).items()
        if module in MODULES
    }


def _settings(value: Any) -> dict[str, Any]:
    return {name: one for name, one in _dict(value).items() if name in SETTINGS}


def _asset_types(value: Any) -> dict[str, dict[str, Any]]:
    return {
        type_id: _each(_dict(own), {"steps": _steps, "conditions": _conditions})
        for type_id, own in _dict(value).items()
    }


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
