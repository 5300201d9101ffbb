"""The one way a state changes: fire the transition, save the state, write the log row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django_fsm import TransitionNotAllowed

from apps.history.models import ActorKind, Transition
from apps.tomp.errors import IllegalState
from tomp_backoffice.metrics import TRANSITIONS


@dataclass(frozen=True)
class Actor:
    """Who acts: the kind, and the name people know them by (a maas-id, a staff user name)."""

    kind: ActorKind
    name: str = ""

    def __str__(self) -> str:
        """The kind as staff read it, and the name."""
        return f"{ActorKind(self.kind).label} {self.name}".strip()


CLOCK = Actor(ActorKind.CLOCK)


class Told(Protocol):
    """What is offered to be logged: its state, its kind, its key and, for rides, its booking."""

    @property
    def state(self) -> str: ...

    @property
    def history_kind(self) -> str: ...

    @property
    def history_id(self) -> str: ...

    @property
    def history_booking_id(self) -> UUID | None: ...


class HasHistory(Told, Protocol):
    """A model whose state changes are logged."""

    def save(self, *, update_fields: Iterable[str] | None = ...) -> None: ...


def fire(
    subject: HasHistory,
    event: str,
    *,
    actor: Actor,
    reason: str = "",
    save: tuple[str, ...] = (),
) -> Transition:
    """Fire the FSM transition named `event` on a locked row, save it and log it.

    `save` names further fields of `subject` to write in the same UPDATE. The caller holds the row lock
    and the transaction. Raises `IllegalState` where the state does not allow the transition.
    """
    before = subject.state
    try:
        getattr(subject, event)()
    except TransitionNotAllowed as error:
        kind = subject.history_kind
        raise IllegalState(
            gettext("%(upper)s does not fit a %(kind)s that is %(before)s.")
            % {"upper": event.upper(), "kind": kind, "before": before}
        ) from error
    subject.save(update_fields=["state", *save])
    return record(subject, event, actor=actor, before=before, reason=reason)


def record(subject: Told, event: str, *, actor: Actor, before: str | None = None, reason: str = "") -> Transition:
    """Log an event that has happened to `subject`; without `before`, one that left its state as it was.

    It is counted once it is committed.
    """
    transaction.on_commit(TRANSITIONS.labels(subject.history_kind, event.upper()).inc)
    return Transition.objects.create(
        subject_kind=subject.history_kind,
        subject_id=subject.history_id,
        booking_id=subject.history_booking_id,
        event=event.upper(),
        from_state=before if before is not None else subject.state,
        to_state=subject.state,
        actor_kind=actor.kind,
        actor_name=actor.name,
        reason=reason,
    )
