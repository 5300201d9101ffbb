"""Do the process identifiers of a profile hold together?"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from apps.processes.access_formats import ACCESS_FORMATS
from apps.processes.catalogue import BY_MODULE, CATALOGUE, MODULES, conflicts
from apps.processes.identifiers.base import Identifier
from apps.processes.problems import Problem, Surroundings, error, key_in, quoted, warning

MAX_NAME = 100


def names_in(listed: Any) -> dict[str, str]:
    """Each identifier that is on, and where it stands; whatever has another shape is passed over."""
    found: dict[str, str] = {}
    if isinstance(listed, dict):
        for module, names in listed.items():
            for position, name in enumerate(names if isinstance(names, list) else []):
                if isinstance(name, str):
                    found.setdefault(name, f"{key_in('processIdentifiers', module)}[{position}]")
    return found


def identifiers_problems(listed: Any, around: Surroundings) -> Iterator[Problem]:
    """Findings about `{module: [NAME, …]}`."""
    if not isinstance(listed, dict):
        yield error(
            "processIdentifiers",
            gettext("An object of modules is needed here, not %(listed)s.") % {"listed": quoted(listed)},
        )
        return
    for module, names in listed.items():
        yield from _module_problems(module, names)
    on = names_in(listed)
    for name, where in on.items():
        if name in CATALOGUE:
            yield from _together(CATALOGUE[name], where, on)
    yield from _formats(on, around)
    if "ACCESS_TICKETSTOCK" in on and around.fleet.without_tickets:
        types = ", ".join(sorted(around.fleet.without_tickets))
        sentence = gettext("ACCESS_TICKETSTOCK: no tickets are in stock of %(types)s, so that is not offered.") % {
            "types": types
        }
        yield warning(on["ACCESS_TICKETSTOCK"], sentence)
    for name in ("LOCK_UNLOCK_REMOTELY", "AUTO_UNLOCK"):
        if name in on and not around.fleet.has_lock_gateway:
            yield warning(
                on[name], gettext("%(name)s: no asset type has a lock gateway, so no lock is worked.") % {"name": name}
            )


def _module_problems(module: str, names: Any) -> Iterator[Problem]:
    where = key_in("processIdentifiers", module)
    if module not in MODULES:
        yield error(where, gettext("This is no module; modules are %(MODULES)s.") % {"MODULES": ", ".join(MODULES)})
        return
    if not isinstance(names, list):
        yield error(
            where, gettext("A list of process identifiers is needed here, not %(names)s.") % {"names": quoted(names)}
        )
        return
    if names and not BY_MODULE[module]:
        yield error(
            where,
            gettext("The module %(module)s has no process identifiers; its list stays empty.") % {"module": module},
        )
    seen: set[str] = set()
    for position, name in enumerate(names):
        place = f"{where}[{position}]"
        if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
            yield error(
                place,
                gettext("A process identifier is a name of at most %(MAX_NAME)s characters.") % {"MAX_NAME": MAX_NAME},
            )
            continue
        if name in seen:
            yield warning(place, gettext("%(name)s is there twice.") % {"name": quoted(name)})
        seen.add(name)
        meant = name.strip().upper()
        if name not in CATALOGUE and meant in CATALOGUE:
            yield error(
                place, gettext("%(name)s is not known here, but %(meant)s is.") % {"name": quoted(name), "meant": meant}
            )
        elif name != name.strip():
            yield error(place, gettext("%(name)s begins or ends with a space.") % {"name": quoted(name)})
        elif name not in CATALOGUE:
            yield warning(
                place,
                gettext("%(name)s is not known here: it is published, and has no effect.") % {"name": quoted(name)},
            )
        elif CATALOGUE[name].module != module:
            yield error(
                place,
                gettext("%(name)s belongs to the module %(module)s.")
                % {"name": name, "module": CATALOGUE[name].module},
            )


def _together(identifier: Identifier, where: str, on: dict[str, str]) -> Iterator[Problem]:
    if identifier.unsupported:
        yield error(
            where,
            gettext("%(name)s cannot be published: %(unsupported)s")
            % {"name": identifier.name, "unsupported": identifier.unsupported},
        )
    if identifier.deprecated:
        yield warning(
            where,
            gettext("%(name)s is deprecated; use %(instead)s.")
            % {"name": identifier.name, "instead": identifier.instead},
        )
    for group in identifier.needs:
        if not group & on.keys():
            yield error(
                where,
                gettext("%(name)s needs one of %(group)s.")
                % {"name": identifier.name, "group": ", ".join(sorted(group))},
            )
    for other in on:
        if other > identifier.name and other in CATALOGUE and conflicts(identifier, CATALOGUE[other]):
            yield error(
                where,
                gettext("%(name)s and %(other)s cannot be on together.") % {"name": identifier.name, "other": other},
            )


def _formats(on: dict[str, str], around: Surroundings) -> Iterator[Problem]:
    """Formats and fleet: a format nobody offers, and asset types that offer none of the MP's."""
    accepted = {method: name for name, method in ACCESS_FORMATS.items() if name in on}
    offered = {method for methods in around.fleet.asset_types.values() for method in methods}
    for method, name in accepted.items():
        if method not in offered:
            yield warning(
                on[name], gettext("%(name)s: no asset type offers %(method)s.") % {"name": name, "method": method}
            )
    if not accepted:
        return
    for type_id, methods in around.fleet.asset_types.items():
        if not methods & accepted.keys():
            sentence = gettext(
                "The asset type %(type_id)s offers none of the MP's access formats, so it gets no offers."
            ) % {"type_id": type_id}
            yield warning("processIdentifiers.booking", sentence)
