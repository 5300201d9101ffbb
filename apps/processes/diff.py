"""What changed from one profile document to the next, in sentences for staff."""

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext

from apps.processes.catalogue import MODULES
from apps.processes.settings_table import SETTINGS
from apps.processes.steps import Phase

Document = dict[str, Any]


def differences(old: Document, new: Document) -> list[str]:
    """The changes from `old` to `new`, both documents that hold together; empty where there are none."""
    return [
        *_identifiers(old.get("processIdentifiers", {}), new.get("processIdentifiers", {})),
        *_steps(old.get("steps", {}), new.get("steps", {}), ""),
        *_conditions(old.get("conditions", []), new.get("conditions", []), "conditions"),
        *_settings(old.get("settings", {}), new.get("settings", {})),
        *_asset_types(old.get("assetTypes", {}), new.get("assetTypes", {})),
    ]


def _identifiers(old: Document, new: Document) -> Iterator[str]:
    for module in MODULES:
        before, after = old.get(module, []), new.get(module, [])
        yield from (f"{module}: + {name}" for name in after if name not in before)
        yield from (f"{module}: − {name}" for name in before if name not in after)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _steps(old: Document, new: Document, owner: str) -> Iterator[str]:
    for phase in Phase:
        yield from _phase(old.get(phase, []), new.get(phase, []), f"{owner}{phase}")


def _phase(old: Sequence[Document], new: Sequence[Document], name: str) -> Iterator[str]:
    """Steps are numbered from 1. One that left its place for another is moved; one of the same action, changed."""
    matcher = SequenceMatcher(a=[_key(step) for step in old], b=[_key(step) for step in new], autojunk=False)
    gone: list[int] = []
    come: list[int] = []
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag != "equal":
            gone += range(a_from, a_to)
            come += range(b_from, b_to)
    for place in list(come):
        step = new[place]
        same = next((at for at in gone if _key(old[at]) == _key(step)), None)
        alike = next((at for at in gone if _action(old[at]) == _action(step)), None)
        if same is not None:
            yield gettext("%(where)s: step %(action)s moved from %(before)s to %(after)s") % {
                "where": name,
                "action": _action(step),
                "before": same + 1,
                "after": place + 1,
            }
            gone.remove(same)
        elif alike is not None:
            changed = [field for field in {**old[alike], **step} if old[alike].get(field) != step.get(field)]
            yield gettext("%(where)s: step %(number)s %(action)s changed: %(fields)s") % {
                "where": name,
                "number": place + 1,
                "action": _action(step),
                "fields": ", ".join(sorted(changed)),
            }
            gone.remove(alike)
        else:
            yield gettext("%(where)s: step %(number)s %(action)s added") % {
                "where": name,
                "number": place + 1,
                "action": _action(step),
            }
    removed = gettext("%(where)s: step %(number)s %(action)s removed")
    yield from (removed % {"where": name, "number": at + 1, "action": _action(old[at])} for at in gone)


def _action(step: Document) -> str:
    return str(step.get("action", gettext("without an action")))


def _conditions(old: Sequence[Document], new: Sequence[Document], name: str) -> Iterator[str]:
    before, after = _numbered(old), _numbered(new)
    for label, condition in after.items():
        if label not in before:
            yield gettext("%(where)s: %(what)s added") % {"where": name, "what": label}
        else:
            yield from _fields(before[label], condition, f"{name}: {label}")
    removed = gettext("%(where)s: %(what)s removed")
    yield from (removed % {"where": name, "what": label} for label in before if label not in after)


def _numbered(conditions: Sequence[Document]) -> dict[str, Document]:
    """Conditions by their type; the second of a type and later ones with a number."""
    found: dict[str, Document] = {}
    for condition in conditions:
        kind = str(condition["conditionType"])
        count = 1 + sum(one["conditionType"] == kind for one in found.values())
        found[kind if count == 1 else f"{kind} {count}"] = condition
    return found


def _fields(old: Document, new: Document, label: str) -> Iterator[str]:
    for field in {**old, **new}:
        if old.get(field) != new.get(field):
            yield f"{label}: {field} {_shown(old.get(field))} → {_shown(new.get(field))}"


def _shown(value: Any) -> str:
    if value is None:
        return gettext("none")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _settings(old: Document, new: Document) -> Iterator[str]:
    for name, setting in SETTINGS.items():
        before, after = old.get(name, setting.default), new.get(name, setting.default)
        if before != after:
            yield f"settings: {name} {before} → {after}"


def _asset_types(old: Document, new: Document) -> Iterator[str]:
    for type_id in sorted({**old, **new}):
        before, after = old.get(type_id, {}), new.get(type_id, {})
        yield from _own_phases(before.get("steps", {}), after.get("steps", {}), type_id)
        yield from _steps(before.get("steps", {}), after.get("steps", {}), f"{type_id}, ")
        yield from _conditions(before.get("conditions", []), after.get("conditions", []), f"{type_id}, conditions")


def _own_phases(old: Document, new: Document, type_id: str) -> Iterator[str]:
    """A phase of its own, be it an empty one, is a change in itself."""
    own = gettext("%(asset_type)s, %(phase)s: has steps of its own")
    yield from (own % {"asset_type": type_id, "phase": phase} for phase in new if phase not in old)
    shared = gettext("%(asset_type)s, %(phase)s: has the profile's steps")
    yield from (shared % {"asset_type": type_id, "phase": phase} for phase in old if phase not in new)
