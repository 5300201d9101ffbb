"""The one way a state changes: fire the transition, save the state, write the log row."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import models
from django_fsm import TransitionNotAllowed

from apps.history.models import ActorKind, Transition
from apps.tomp.errors import IllegalState


@dataclass(frozen=True)
class Actor:
    """Who acts: the kind, and the name people know them by (a maas-id, a staff user name)."""

    kind: ActorKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.get_kind_label()} {self.name}".strip()

    def get_kind_label(self) -> str:
        """The kind as staff read it."""
        return str(ActorKind(self.kind).label)


CLOCK = Actor(ActorKind.CLOCK)


class HasHistory(Protocol):
    """What a model offers to be logged: its kind, its key and, for rides, its booking."""

    state: str
    history_kind: str

    @property
    def history_id(self) -> str: ...

    @property
    def history_booking_id(self) -> UUID | None: ...


def fire(
    subject: models.Model,
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
    before = subject.state  # type: ignore[attr-defined]
    try:
        getattr(subject, event)()
    except TransitionNotAllowed as error:
        kind = subject.history_kind  # type: ignore[attr-defined]
        raise IllegalState(f"{event.upper()} does not fit a {kind} that is {before}.") from error
    subject.save(update_fields=["state", *save])
    return record(subject, event, actor=actor, before=before, reason=reason)


def record(
    subject: models.Model, event: str, *, actor: Actor, before: str | None = None, reason: str = ""
) -> Transition:
    """Log an event that has happened to `subject`; without `before`, one that left its state as it was."""
    return Transition.objects.create(
        subject_kind=subject.history_kind,  # type: ignore[attr-defined]
        subject_id=subject.history_id,  # type: ignore[attr-defined]
        booking_id=subject.history_booking_id,  # type: ignore[attr-defined]
        event=event.upper(),
        from_state=before if before is not None else subject.state,  # type: ignore[attr-defined]
        to_state=subject.state,  # type: ignore[attr-defined]
        actor_kind=actor.kind,
        actor_name=actor.name,
        reason=reason,
    )
