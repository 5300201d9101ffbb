"""A booking's timeline: all that happened to it and was said about it, newest first."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop, ngettext

from apps.backoffice.badges import state_in_words
from apps.backoffice.words import NOTHING, actor_in_words, amount_in_words, moment
from apps.bookings.models import Notification
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.legs.models import CommandState, Correction, LegEvent, LockCommand
from apps.payments.models import JournalEntry
from apps.webhooks.models import DeliveryAttempt, DeliveryState, OutboxMessage

COLOUR_OF_MESSAGE = {
    DeliveryState.PENDING: "orange",
    DeliveryState.DELIVERED: "green",
    DeliveryState.FAILED: "red",
    DeliveryState.DROPPED: "grey",
}
ICON_OF_SUBJECT = {"leg": "directions_bike", "claim": "payments"}
# What the log has of events that leave a state as it is; those of legs are in the catalogue as they are.
LOGGED = (
    gettext_noop("add ancillary"),
    gettext_noop("answer"),
    gettext_noop("ask"),
    gettext_noop("ask replacement"),
    gettext_noop("change"),
    gettext_noop("extend expiry time"),
    gettext_noop("lacks asset"),
    gettext_noop("lock"),
    gettext_noop("receive"),
    gettext_noop("remove ancillary"),
    gettext_noop("replacement agreed"),
    gettext_noop("replacement expired"),
    gettext_noop("replacement failed"),
    gettext_noop("replacement refused"),
    gettext_noop("replacement withdrawn"),
    gettext_noop("resend"),
    gettext_noop("subscribe"),
    gettext_noop("time extend"),
    gettext_noop("time postpone"),
    gettext_noop("unlock"),
    gettext_noop("unsubscribe"),
    gettext_noop("waive fee"),
)
CORRECTED = {
    "departure": gettext_noop("Departure"),
    "arrival": gettext_noop("Arrival"),
    "meters": gettext_noop("Meters"),
    "station": gettext_noop("Station"),
    "asset": gettext_noop("Asset"),
    "amount": gettext_noop("Amount"),
}


@dataclass(frozen=True)
class Entry:
    """One thing on the timeline. `kind` is transition, message, notification, journal, event, lock or correction.

    `state` with `state_kind` is shown as a badge; `subject`, where given, is linked.
    """

    at: datetime
    kind: str
    icon: str
    colour: str
    title: str
    state_kind: str = ""
    state: str = ""
    who: str = ""
    reason: str = ""
    details: list[str] = field(default_factory=list)
    subject: OutboxMessage | JournalEntry | LockCommand | None = None


def timeline_of(booking_id: UUID, *, with_words: bool = True) -> list[Entry]:
    """Transitions, messages with their attempts, notifications, journal entries, leg events, lock commands,
    corrections.

    Newest first. Positions told to the MP during a ride are left out: they are many.
    Eight statements, however long the booking's story is.
    """
    entries = [
        *_transitions(booking_id),
        *_messages(booking_id),
        *_notifications(booking_id),
        *_journal(booking_id),
        *_leg_events(booking_id),
        *_lock_commands(booking_id),
        *_corrections(booking_id),
    ]
    shown = entries if with_words else [_without_words(entry) for entry in entries]
    return sorted(shown, key=lambda entry: entry.at, reverse=True)


def _without_words(entry: Entry) -> Entry:
    """What MPs and staff wrote about a traveller is for those who may see personal data."""
    return replace(entry, reason="", details=[]) if entry.kind in {"notification", "event"} else entry


def _transitions(booking_id: UUID) -> list[Entry]:
    return [
        Entry(
            at=row.at,
            kind="transition",
            icon=ICON_OF_SUBJECT.get(row.subject_kind, "bookmark"),
            colour="blue",
            title=_transition_in_words(row),
            state_kind=row.subject_kind,
            state=row.to_state,
            who=actor_in_words(Actor(ActorKind(row.actor_kind), row.actor_name)),
            reason=row.reason,
        )
        for row in Transition.objects.filter(booking_id=booking_id).exclude(event="LOOK").order_by("-id")
    ]


def _transition_in_words(row: Transition) -> str:
    kind = capfirst(gettext(row.subject_kind))
    if row.from_state == row.to_state:
        event = gettext(row.event.replace("_", " ").lower())
        return gettext("%(kind)s: %(event)s, still") % {"kind": kind, "event": event}
    before = state_in_words(row.subject_kind, row.from_state)
    return gettext("%(kind)s was %(state)s, is now") % {"kind": kind, "state": before}


def _messages(booking_id: UUID) -> list[Entry]:
    messages = (
        OutboxMessage.objects.filter(booking_id=booking_id, latest_of=None)
        .select_related("provider")
        .prefetch_related("delivery_attempts")
        .order_by("-id")
    )
    return [
        Entry(
            at=message.created_at,
            kind="message",
            icon="outgoing_mail",
            colour=COLOUR_OF_MESSAGE[DeliveryState(message.state)],
            title=gettext("Message %(subject)s to %(provider)s")
            % {"subject": message.subject, "provider": message.provider},
            state_kind="message",
            state=message.state,
            details=_fate(message),
            subject=message,
        )
        for message in messages
    ]


def _fate(message: OutboxMessage) -> list[str]:
    told = [attempt_in_words(attempt) for attempt in message.delivery_attempts.all()]
    if message.state == DeliveryState.PENDING and message.attempts:
        told.append(gettext("Next attempt %(moment)s") % {"moment": moment(message.next_attempt_at)})
    return told


def attempt_in_words(attempt: DeliveryAttempt) -> str:
    """One try at delivering, and how it ended."""
    outcome = f"HTTP {attempt.status}" if attempt.status is not None else gettext("no answer")
    error = f", {attempt.error}" if attempt.error else ""
    told = {"moment": moment(attempt.at), "outcome": f"{outcome}{error}", "duration": attempt.duration_ms}
    return gettext("Attempt %(moment)s: %(outcome)s (%(duration)s ms)") % told


def _notifications(booking_id: UUID) -> list[Entry]:
    """What each side told the other, in its words; whether ours arrived, the message beside it tells."""
    return [
        Entry(
            at=row.at,
            kind="notification",
            icon="chat",
            colour="grey",
            title=gettext("Notification: %(kind)s") % {"kind": row.get_type_display()},
            who=actor_in_words(Actor(ActorKind(row.sender_kind), row.sender_name)),
            reason=row.comment,
            details=_notification_details(row),
        )
        for row in Notification.objects.filter(booking_id=booking_id).order_by("-id")
    ]


def _notification_details(row: Notification) -> list[str]:
    told = []
    if row.minutes is not None:
        told.append(ngettext("In %(minutes)s minute", "In %(minutes)s minutes", row.minutes) % {"minutes": row.minutes})
    if row.asset is not None:
        told.append(gettext("Asset %(asset)s") % {"asset": row.asset.get("id", "")})
    return told


def _journal(booking_id: UUID) -> list[Entry]:
    return [
        Entry(
            at=row.created_at,
            kind="journal",
            icon="payments",
            colour="green",
            title=f"{capfirst(row.get_category_display())}: {amount_in_words(row.amount, row.currency)}",
            state_kind="journal",
            state=row.state,
            reason=row.comment,
            subject=row,
        )
        for row in JournalEntry.objects.filter(booking_id=booking_id).order_by("-id")
    ]


def _leg_events(booking_id: UUID) -> list[Entry]:
    return [
        Entry(
            at=event.received_at,
            kind="event",
            icon="smartphone",
            colour="grey",
            title=gettext("Leg event received: %(event)s") % {"event": event.get_event_display()},
            reason=event.comment,
            details=_event_details(event),
        )
        for event in LegEvent.objects.filter(leg__booking_id=booking_id).order_by("-id")
    ]


def _event_details(event: LegEvent) -> list[str]:
    told = []
    if abs((event.received_at - event.time).total_seconds()) >= 1:
        told.append(gettext("Happened %(moment)s") % {"moment": moment(event.time)})
    if event.asked_for is not None:
        told.append(gettext("Asks for %(moment)s") % {"moment": moment(event.asked_for)})
    if event.latitude is not None and event.longitude is not None:
        told.append(gettext("At %(place)s") % {"place": f"{event.latitude:.5f}, {event.longitude:.5f}"})
    return told + list(event.urls)


def _lock_commands(booking_id: UUID) -> list[Entry]:
    commands = LockCommand.objects.filter(leg__booking_id=booking_id).select_related("asset").order_by("-id")
    return [
        Entry(
            at=command.asked_at,
            kind="lock",
            icon="lock",
            colour="grey" if command.state == CommandState.OBEYED else "red",
            title=gettext("Lock of %(asset)s told to %(order)s for %(event)s")
            % {"asset": command.asset, "order": command.get_order_display(), "event": command.event},
            state_kind="lock command",
            state=command.state,
            details=_fate_of_command(command),
            subject=command,
        )
        for command in commands
    ]


def _fate_of_command(command: LockCommand) -> list[str]:
    told = [command.error] if command.error else []
    if command.settled_at is None:
        told.append(gettext("Not settled; the lock is asked %(moment)s") % {"moment": moment(command.look_at)})
    return told


def _as_told(value: Any) -> str:
    """What a correction has of before or after; moments are kept in ISO 8601."""
    told_at = parse_datetime(value) if isinstance(value, str) else None
    return moment(told_at) if told_at else str(NOTHING if value in (None, "") else value)


def _corrections(booking_id: UUID) -> list[Entry]:
    return [
        Entry(
            at=row.made_at,
            kind="correction",
            icon="edit_note",
            colour="orange",
            title=gettext("The ride was corrected"),
            who=actor_in_words(Actor(ActorKind.TO, row.made_by)),
            reason=row.reason,
            details=[
                f"{gettext(CORRECTED[what])}: {_as_told(row.before[what])} → {_as_told(row.after[what])}"
                for what in row.after
                if row.before[what] != row.after[what]
            ],
        )
        for row in Correction.objects.filter(leg__booking_id=booking_id).order_by("-id")
    ]
