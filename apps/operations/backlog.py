"""What sweeps have before them: how long the oldest of what is due has waited, by the names of the beat."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value

from apps.bookings.reminders import bookings_to_remind_of, legs_to_remind_of, to_tell_overtime
from apps.bookings.services import no_shows, to_expire
from apps.legs.automatic import to_assign
from apps.legs.lock_commands import to_settle
from apps.webhooks.claims import claimable

# Of each sweep: the rows that are due, and the field that says since when.
DUE: tuple[tuple[str, Callable[[datetime], QuerySet[Any]], str], ...] = (
    ("expire bookings", to_expire, "expires_at"),
    ("cancel no-shows", no_shows, "no_show_at"),
    ("remind of bookings", bookings_to_remind_of, "reminder_at"),
    ("remind of arrivals", legs_to_remind_of, "reminder_at"),
    ("tell of rides over time", to_tell_overtime, "overtime_at"),
    ("assign assets", to_assign, "assign_at"),
    ("settle lock commands", to_settle, "look_at"),
    ("deliver outbox", claimable, "next_attempt_at"),
)


def waiting(*, now: datetime) -> dict[str, timedelta]:
    """For how long the oldest of what is due to each sweep has been, none where nothing is. One statement."""
    oldest = [
        rows(now).annotate(sweep=Value(name, output_field=CharField())).order_by(since).values_list("sweep", since)[:1]
        for name, rows, since in DUE
    ]
    found = dict(oldest[0].union(*oldest[1:], all=True))
    return {name: now - found[name] if name in found else timedelta(0) for name, _, _ in DUE}
