"""Does a profile's document hold together? All findings at once, each about its place, in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from apps.processes.condition_checks import conditions_problems
from apps.processes.document import MAX_DEPTH, SECTIONS, is_too_deep, normalise, unstorable
from apps.processes.identifier_checks import identifiers_problems, names_in
from apps.processes.problems import (
    Problem,
    Severity,
    Surroundings,
    error,
    key_in,
    quoted,
    unknown_keys,
    warning,
)
from apps.processes.settings_table import SETTINGS
from apps.processes.step_checks import steps_problems
from apps.processes.steps import OVERRIDING_CONDITIONS


def check(document: Any, *, languages: Sequence[str], asset_types: Mapping[str, Collection[str]]) -> list[Problem]:
    """All that is wrong, or worth a thought, in a document; any JSON may come.

    `languages` are the operator's; `asset_types` maps the id of each of its asset types to TOMP access
    methods. Errors come first. Source: PROCESS-IDENTIFIERS; TOMP 1.6.1 `endpointImplementation`.
    """
    around = Surroundings(tuple(languages), {name: frozenset(methods) for name, methods in asset_types.items()})
    if is_too_deep(document):
        return [error("", f"The profile is nested deeper than {MAX_DEPTH} levels.")]
    problems = [*unstorable(document), *_document_problems(normalise(document), around)]
    return sorted(problems, key=lambda problem: problem.severity != Severity.ERROR)


def errors_in(problems: Sequence[Problem]) -> list[Problem]:
    """Those that keep a document from being published."""
    return [problem for problem in problems if problem.severity == Severity.ERROR]


def _document_problems(document: Any, around: Surroundings) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield error("", f"A profile is a JSON object, not {quoted(document)}.")
        return
    yield from unknown_keys(document, "", SECTIONS)
    identifiers = document.get("processIdentifiers", {})
    on = names_in(identifiers)
    yield from identifiers_problems(identifiers, around)
    yield from steps_problems(document.get("steps", {}), "steps", set(on), around)
    yield from conditions_problems(document.get("conditions", []), "conditions")
    yield from _settings_problems(document.get("settings", {}))
    yield from _asset_types_problems(document.get("assetTypes", {}), set(on), around)
    yield from _condition_and_identifier(document, on)


def _settings_problems(settings: Any) -> Iterator[Problem]:
    if not isinstance(settings, dict):
        yield error("settings", f"An object of settings is needed here, not {quoted(settings)}.")
        return
    yield from unknown_keys(settings, "settings", SETTINGS)
    for name, value in settings.items():
        sentence = SETTINGS[name].problem(value) if name in SETTINGS else None
        if sentence:
            yield error(key_in("settings", name), sentence)


def _asset_types_problems(types: Any, on: set[str], around: Surroundings) -> Iterator[Problem]:
    if not isinstance(types, dict):
        yield error("assetTypes", f"An object of asset types is needed here, not {quoted(types)}.")
        return
    for type_id, own in types.items():
        where = key_in("assetTypes", type_id)
        if type_id not in around.asset_types:
            yield error(where, "There is no such asset type.")
        if not isinstance(own, dict):
            yield error(where, f"An object of steps and conditions is needed here, not {quoted(own)}.")
            continue
        yield from unknown_keys(own, where, ("steps", "conditions"))
        phases = tuple(OVERRIDING_CONDITIONS)
        yield from steps_problems(own.get("steps", {}), f"{where}.steps", on, around, phases=phases)
        yield from conditions_problems(own.get("conditions", []), f"{where}.conditions")


def _condition_and_identifier(document: dict[str, Any], on: dict[str, str]) -> Iterator[Problem]:
    """A deposit needs its amount, and a postponed commit its identifier."""
    kinds = _kinds_of_conditions(document)
    if "DEPOSIT" in on and "conditionDeposit" not in kinds:
        yield error(on["DEPOSIT"], "DEPOSIT needs a conditionDeposit that says how much.")
    if "conditionPostponedCommit" in kinds and "POSTPONED_COMMIT" not in on:
        sentence = "conditionPostponedCommit stands without POSTPONED_COMMIT: bookings do not wait for an answer."
        yield warning(kinds["conditionPostponedCommit"], sentence)


def _kinds_of_conditions(document: dict[str, Any]) -> dict[str, str]:
    """Each kind of condition that is somewhere in the document, and the list it stands in."""
    types = document.get("assetTypes")
    lists = [("conditions", document.get("conditions"))]
    for type_id, own in types.items() if isinstance(types, dict) else ():
        lists.append(
            (f"{key_in('assetTypes', type_id)}.conditions", own.get("conditions") if isinstance(own, dict) else None)
        )
    return {
        one["conditionType"]: where
        for where, listed in lists
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("conditionType"), str)
    }
