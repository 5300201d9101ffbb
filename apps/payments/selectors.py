"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.payments.models import JournalEntry
from apps.providers.models import Provider


@dataclass(frozen=True)
class JournalFilter:
    """What `GET /payment/journal-entry` selects by; every part may be absent. `id` is a booking's or a leg's."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    category: str | None = None
    id: UUID | None = None


def entries_of(provider: Provider, wanted: JournalFilter) -> QuerySet[JournalEntry]:
    """An MP's entries that match, oldest first. Source: TOMP 1.6.1 GET /payment/journal-entry."""
    found = JournalEntry.objects.filter(provider=provider).order_by("id")
    if wanted.since is not None:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(created_at__lte=wanted.until)
    if wanted.state is not None:
        found = found.filter(state=wanted.state)
    if wanted.category is not None:
        found = found.filter(category=wanted.category)
    if wanted.id is not None:
        found = found.filter(Q(booking_id=wanted.id) | Q(journal_id=wanted.id))
    return found
