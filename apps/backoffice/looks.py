"""Who of staff looked at what is personal.

A page that shows anything of a traveller asks here, and shows it to those who may alone. Lists show nothing personal,
so that each look is a page, and is written down.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from apps.history.models import ActorKind
from apps.history.services import Actor, HasHistory, record

SEE_PERSONAL_DATA = "customers.see_personal_data"
SEE_USER_LOCATION = "legs.see_user_location"
HIDDEN = "…"


def may_see(request: HttpRequest, permission: str = SEE_PERSONAL_DATA) -> bool:
    """May this user see who a traveller is?"""
    return request.user.has_perm(permission)


def note_look(request: HttpRequest, subject: HasHistory | None, permission: str = SEE_PERSONAL_DATA) -> None:
    """Write down that a page which tells of a traveller was opened by somebody who is shown that."""
    if subject is not None and may_see(request, permission):
        record(subject, "look", actor=Actor(ActorKind.TO, request.user.get_username()))


@dataclass(frozen=True)
class ListTaken:
    """A list of the admin, by app and model, as what the log tells of."""

    history_id: str
    history_kind: str = "list"
    state: str = ""
    history_booking_id: None = None


def note_download(request: HttpRequest, list_name: str, *, narrowed_by: Collection[str]) -> None:
    """Write down who takes a list away, and by which filters it was narrowed; not what was looked for in them."""
    reason = f"Narrowed by {', '.join(narrowed_by)}." if narrowed_by else ""
    actor = Actor(ActorKind.TO, request.user.get_username())
    record(ListTaken(list_name), "download", actor=actor, reason=reason)


def without(fieldsets: Any, hidden: Collection[str]) -> list[Any]:
    """The fieldsets of a page without some fields, also where they share a line with others."""
    return [(title, {**options, "fields": _left(options["fields"], hidden)}) for title, options in fieldsets]


def _left(fields: Any, hidden: Collection[str]) -> tuple[Any, ...]:
    left: list[Any] = []
    for one in fields:
        if isinstance(one, str):
            left += [] if one in hidden else [one]
        elif line := tuple(name for name in one if name not in hidden):
            left.append(line)
    return tuple(left)
