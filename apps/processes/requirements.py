"""What a request must hold because the MP's process says so: one table, checked in one place.

The check runs before the serializer, so that a request that the process forbids touches nothing.
Adding an identifier that demands a field is adding a row. Source: PROCESS-IDENTIFIERS, kind R.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.processes.selectors import Profile
from apps.tomp.errors import Missing

PLANNING = frozenset({"planning.inquiries", "planning.offers", "planning.plannings"})


@dataclass(frozen=True)
class Requirement:
    """While `identifier` is on, `operations` need `met` to hold for (query, body); `missing` names the field."""

    identifier: str
    operations: frozenset[str]
    met: Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
    missing: str


REQUIREMENTS = (Requirement("ASSET_BASED", PLANNING, lambda query, body: bool(body.get("useAssets")), "useAssets"),)


def check(profile: Profile, operation: str, *, query: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Raise `Missing` for the first requirement of `profile` that a request for `operation` does not meet."""
    for requirement in REQUIREMENTS:
        if (
            profile.has(requirement.identifier)
            and operation in requirement.operations
            and not requirement.met(query, body)
        ):
            raise Missing(f"{requirement.missing} is missing: {requirement.identifier} is on for this MP.")
