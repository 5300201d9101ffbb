"""Does a profile's document hold together? All findings at once, each about its place, in words."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

from apps.processes.agreement_checks import agreement_problems
from apps.processes.condition_checks import conditions_problems
from apps.processes.document import MAX_DEPTH, SECTIONS, is_too_deep, normalise, unstorable
from apps.processes.identifier_checks import identifiers_problems, names_in
from apps.processes.problems import (
    Fleet,
    Problem,
    Severity,
    Surroundings,
    error,
    key_in,
    quoted,
    unknown_keys,
)
from apps.processes.settings_table import SETTINGS
from apps.processes.step_checks import steps_problems
from apps.processes.steps import OVERRIDING_CONDITIONS


def check(document: Any, *, languages: Sequence[str], fleet: Fleet) -> list[Problem]:
    """All that is wrong, or worth a thought, in a document; any JSON may come.

    `languages` and `fleet` are the operator's. Errors come first. Source: PROCESS-IDENTIFIERS; TOMP 1.6.1
    `endpointImplementation`.
    """
    around = Surroundings(tuple(languages), fleet)
    if is_too_deep(document):
        return [
            error("", gettext("The profile is nested deeper than %(MAX_DEPTH)s levels.") % {"MAX_DEPTH": MAX_DEPTH})
        ]
    problems = [*unstorable(document), *_document_problems(normalise(document), around)]
    return sorted(problems, key=lambda problem: problem.severity != Severity.ERROR)


def errors_in(problems: Sequence[Problem]) -> list[Problem]:
    """Those that keep a document from being published."""
    return [problem for problem in problems if problem.severity == Severity.ERROR]


def _document_problems(document: Any, around: Surroundings) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield error("", gettext("A profile is a JSON object, not %(document)s.") % {"document": quoted(document)})
        return
    yield from unknown_keys(document, "", SECTIONS)
    identifiers = document.get("processIdentifiers", {})
    on = names_in(identifiers)
    yield from identifiers_problems(identifiers, around)
    yield from steps_problems(document.get("steps", {}), "steps", set(on), around)
    yield from conditions_problems(document.get("conditions", []), "conditions", around)
    yield from _settings_problems(document.get("settings", {}))
    yield from _asset_types_problems(document.get("assetTypes", {}), set(on), around)
    yield from agreement_problems(document, on, around)


def _settings_problems(settings: Any) -> Iterator[Problem]:
    if not isinstance(settings, dict):
        yield error(
            "settings",
            gettext("An object of settings is needed here, not %(settings)s.") % {"settings": quoted(settings)},
        )
        return
    yield from unknown_keys(settings, "settings", SETTINGS)
    for name, value in settings.items():
        sentence = SETTINGS[name].problem(value) if name in SETTINGS else None
        if sentence:
            yield error(key_in("settings", name), sentence)


def _asset_types_problems(types: Any, on: set[str], around: Surroundings) -> Iterator[Problem]:
    if not isinstance(types, dict):
        yield error(
            "assetTypes", gettext("An object of asset types is needed here, not %(types)s.") % {"types": quoted(types)}
        )
        return
    for type_id, own in types.items():
        where = key_in("assetTypes", type_id)
        if type_id not in around.fleet.asset_types:
            yield error(where, gettext("There is no such asset type."))
        if not isinstance(own, dict):
            yield error(
                where, gettext("An object of steps and conditions is needed here, not %(own)s.") % {"own": quoted(own)}
            )
            continue
        yield from unknown_keys(own, where, ("steps", "conditions"))
        phases = tuple(OVERRIDING_CONDITIONS)
        yield from steps_problems(own.get("steps", {}), f"{where}.steps", on, around, phases=phases)
        yield from conditions_problems(own.get("conditions", []), f"{where}.conditions", around)
