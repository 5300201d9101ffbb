"""Are the steps of a profile TOMP's, and in an order that can work?"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from apps.processes.identifiers.booking import ATOMIC_BOOKING
from apps.processes.problems import Problem, Surroundings, error, key_in, quoted, unknown_keys
from apps.processes.steps import ACTIONS, EVIDENCE, GOALS, LINKED_TYPES, STEP_TYPES, Phase
from apps.processes.text_checks import text_problems, url_problems

FIELDS = ("type", "goal", "action", "text", "url")

_TRUNK_AND_LOCKER = (
    ("UNLOCK_TRUNK", "LOCK_TRUNK"),
    ("UNLOCK_LOCKER", "LOCK_LOCKER"),
    ("UNLOCK_TRUNK", "TAKE_HELMET"),
    ("SEND_OPEN_TRUNK", "TAKE_HELMET"),
    ("UNLOCK_TRUNK", "STOW_HELMET"),
    ("SEND_OPEN_TRUNK", "STOW_HELMET"),
    ("TAKE_HELMET", "LOCK_TRUNK"),
    ("STOW_HELMET", "LOCK_TRUNK"),
)
# Within a phase: the first must come before the second, where both are there.
ORDER: dict[Phase, tuple[tuple[str, str], ...]] = {
    Phase.PLANNING: (),
    Phase.BOOKING: (),
    Phase.ONBOARDING: (
        ("SEND_PREPARE", "SEND_SET_IN_USE"),
        ("SEND_ASSIGN_ASSET", "SEND_SET_IN_USE"),
        ("SEND_PREPARE", "SEND_OPEN_TRUNK"),
        ("DISCONNECT_CHARGER", "START_ASSET"),
        ("UNLOCK_ASSET", "START_ASSET"),
        *_TRUNK_AND_LOCKER,
    ),
    Phase.OFFBOARDING: (
        ("SEND_START_FINISHING", "SEND_FINISH"),
        ("SEND_OPEN_TRUNK", "SEND_FINISH"),
        *((evidence, "SEND_FINISH") for evidence in EVIDENCE),
        ("PARK_ASSIST", "LOCK_ASSET"),
        ("CONNECT_CHARGER", "SEND_EVIDENCE_CHARGER"),
        ("STOW_HELMET", "SEND_EVIDENCE_HELMET"),
        *_TRUNK_AND_LOCKER,
    ),
    Phase.PAUSING: (("PARK_ASSIST", "LOCK_ASSET"), *_TRUNK_AND_LOCKER),
    Phase.RESUMING: (("UNLOCK_ASSET", "START_ASSET"), *_TRUNK_AND_LOCKER),
}
# Steps that send what an identifier keeps the MP from sending.
FORBIDDEN_BY = {
    "TO_CONTROLLED": {"SEND_SET_IN_USE", "SEND_FINISH"},
    **{name: {"SEND_PREPARE"} for name in ATOMIC_BOOKING},
}


def steps_problems(
    steps: Any, where: str, identifiers: set[str], around: Surroundings, *, phases: tuple[Phase, ...] = tuple(Phase)
) -> Iterator[Problem]:
    """Findings about `{phase: [step, …]}`; `phases` are those that can be laid out here."""
    if not isinstance(steps, dict):
        yield error(where, gettext("An object of phases is needed here, not %(steps)s.") % {"steps": quoted(steps)})
        return
    for name, listed in steps.items():
        place = key_in(where, name)
        if name not in {phase.value for phase in phases}:
            yield error(place, gettext("This is no phase here; phases are %(phases)s.") % {"phases": ", ".join(phases)})
        elif not isinstance(listed, list):
            yield error(place, gettext("A list of steps is needed here, not %(listed)s.") % {"listed": quoted(listed)})
        else:
            phase = Phase(name)
            for position, step in enumerate(listed):
                yield from _step_problems(step, f"{place}[{position}]", phase, identifiers, around)
            yield from _order_problems(listed, place, phase)


def _step_problems(
    step: Any, where: str, phase: Phase, identifiers: set[str], around: Surroundings
) -> Iterator[Problem]:
    if not isinstance(step, dict):
        yield error(where, gettext("A step is needed here, not %(step)s.") % {"step": quoted(step)})
        return
    yield from unknown_keys(step, where, FIELDS)
    yield from _choice(step, "type", STEP_TYPES, where, required=True)
    yield from _choice(step, "goal", GOALS, where, required=False)
    yield from _choice(step, "action", ACTIONS[phase], where, required=True, of=f" of the phase {phase}")
    action = step.get("action")
    for identifier, actions in FORBIDDEN_BY.items():
        if identifier in identifiers and isinstance(action, str) and action in actions:
            yield error(
                f"{where}.action",
                gettext("%(action)s cannot be sent by the MP: %(identifier)s is on.")
                % {"action": action, "identifier": identifier},
            )
    names_assets = "ASSET_BASED" in identifiers and "PLANNING_BASED" not in identifiers
    for identifier in identifiers.intersection(ATOMIC_BOOKING):
        if action == "SEND_ASSIGN_ASSET" and not names_assets:
            sentence = gettext(
                "%(action)s comes too late where no asset was named: %(identifier)s starts the ride at once."
            ) % {"action": action, "identifier": identifier}
            yield error(f"{where}.action", sentence)
    yield from _content(step, where, around)


def _choice(
    step: dict[str, Any], name: str, choices: tuple[str, ...], where: str, *, required: bool, of: str = ""
) -> Iterator[Problem]:
    if name not in step:
        if required:
            yield error(f"{where}.{name}", gettext("The %(name)s is missing.") % {"name": name})
        return
    value = step[name]
    if not isinstance(value, str) or value not in choices:
        yield error(
            f"{where}.{name}",
            gettext("%(value)s is no %(name)s%(of)s; there are %(choices)s.")
            % {"value": quoted(value), "name": name, "of": of, "choices": ", ".join(choices)},
        )


def _content(step: dict[str, Any], where: str, around: Surroundings) -> Iterator[Problem]:
    """A link has an address and no text, a text the other way round."""
    kind = step.get("type")
    if not isinstance(kind, str) or kind not in STEP_TYPES:
        return
    wanted, unwanted = ("url", "text") if kind in LINKED_TYPES else ("text", "url")
    if wanted not in step:
        yield error(
            f"{where}.{wanted}",
            gettext("A step of type %(kind)s needs a %(wanted)s.") % {"kind": kind, "wanted": wanted},
        )
    elif wanted == "url":
        yield from url_problems(step["url"], f"{where}.url", around)
    else:
        yield from text_problems(step["text"], f"{where}.text", around)
    if unwanted in step:
        yield error(
            f"{where}.{unwanted}",
            gettext("A step of type %(kind)s has no %(unwanted)s.") % {"kind": kind, "unwanted": unwanted},
        )


def _order_problems(listed: list[Any], where: str, phase: Phase) -> Iterator[Problem]:
    actions = [step.get("action") if isinstance(step, dict) else None for step in listed]
    for first, second in dict.fromkeys(ORDER[phase]):
        if first in actions and second in actions and actions.index(second) < actions.index(first):
            yield error(
                f"{where}[{actions.index(second)}]",
                gettext("%(second)s comes before %(first)s; that cannot work.") % {"second": second, "first": first},
            )
