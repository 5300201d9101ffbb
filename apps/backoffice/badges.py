"""States as staff read them: a word in a colour, never a code."""

from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from apps.assets.locks.models import LockState
from apps.assets.maintenance.models import JobState
from apps.assets.models import AssetState
from apps.backoffice.model_words import in_words
from apps.bookings.models import BookingState
from apps.customers.models import CustomerState
from apps.legs.models import CommandState, LegState
from apps.payments.models import ClaimState, JournalState
from apps.support.models import SupportState
from apps.webhooks.models import DeliveryState

COLOURS = {
    "grey": "bg-base-500/8 text-base-700 dark:bg-base-500/20 dark:text-base-200",
    "blue": "bg-blue-100 text-blue-700 dark:bg-blue-500/20 dark:text-blue-400",
    "green": "bg-green-100 text-green-700 dark:bg-green-500/20 dark:text-green-400",
    "orange": "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    "red": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
}

STATES: dict[str, type[TextChoices]] = {
    "booking": BookingState,
    "leg": LegState,
    "asset": AssetState,
    "message": DeliveryState,
    "journal": JournalState,
    "claim": ClaimState,
    "customer": CustomerState,
    "lock": LockState,
    "lock command": CommandState,
    "support request": SupportState,
    "maintenance job": JobState,
}

COLOUR_OF_STATE: dict[str, dict[str, str]] = {
    "booking": {
        BookingState.PENDING: "orange",
        BookingState.CONDITIONAL_CONFIRMED: "orange",
        BookingState.CONFIRMED: "blue",
        BookingState.STARTED: "green",
        BookingState.CANCELLED: "red",
        BookingState.REJECTED: "red",
    },
    "leg": {
        LegState.PREPARING: "blue",
        LegState.IN_USE: "green",
        LegState.PAUSED: "orange",
        LegState.FINISHING: "green",
        LegState.ISSUE_REPORTED: "red",
        LegState.CANCELLED: "red",
    },
    "asset": {
        AssetState.AVAILABLE: "green",
        AssetState.RESERVED: "blue",
        AssetState.IN_USE: "blue",
        AssetState.MAINTENANCE: "orange",
        AssetState.CHARGING: "orange",
        AssetState.RELOCATING: "orange",
        AssetState.MISSING: "red",
    },
    "message": {
        DeliveryState.PENDING: "orange",
        DeliveryState.DELIVERED: "green",
        DeliveryState.FAILED: "red",
    },
    "customer": {CustomerState.ACTIVE: "green", CustomerState.BLOCKED: "red"},
    "lock": {LockState.LOCKED: "green", LockState.UNLOCKED: "blue", LockState.JAMMED: "red"},
    "lock command": {
        CommandState.DUE: "orange",
        CommandState.SENT: "orange",
        CommandState.OBEYED: "green",
        CommandState.JAMMED: "red",
        CommandState.NOT_OBEYED: "red",
        CommandState.UNANSWERED: "red",
    },
    "support request": {
        SupportState.PROCESSING: "blue",
        SupportState.UPDATE_REQUESTED: "orange",
        SupportState.RESOLVED: "green",
    },
    "maintenance job": {JobState.PLANNED: "blue", JobState.RUNNING: "orange", JobState.DONE: "green"},
    "journal": {JournalState.TO_INVOICE: "orange", JournalState.INVOICED: "green"},
    "claim": {ClaimState.RECEIVED: "orange", ClaimState.ACCEPTED: "green", ClaimState.REJECTED: "red"},
}


def badge(text: str, colour: str = "grey") -> SafeString:
    """`text` on a coloured ground; the colours are those of `COLOURS`."""
    return format_html(
        '<span class="inline-block font-semibold rounded-default text-xs whitespace-nowrap h-6 leading-6 px-2 {}">'
        "{}</span>",
        COLOURS[colour],
        capfirst(text),
    )


def state_badge(kind: str, state: str) -> SafeString:
    """The badge of a state of a booking, leg, asset, message or journal entry."""
    return badge(state_in_words(kind, state), COLOUR_OF_STATE.get(kind, {}).get(state, "grey"))


def status_badge(status: int) -> SafeString:
    """An HTTP status: red where the fault is the server's, orange where the caller's."""
    return badge(str(status), "red" if status >= 500 else "orange" if status >= 400 else "green")


def state_in_words(kind: str, state: str) -> str:
    """A state as staff say it, such as "in maintenance"."""
    states = STATES.get(kind)
    if states is None or state not in states.values:
        return state.replace("_", " ").lower()
    return in_words(states(state))
