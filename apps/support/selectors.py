"""Reading support requests."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.providers.models import Provider
from apps.support.models import SupportRequest, SupportStatus
from apps.tomp.errors import NotFound


def statuses_of(provider: Provider, reference: UUID) -> list[SupportStatus]:
    """All steps of this MP's requests about a booking, or of one without a booking, in order. One statement.

    Raises `NotFound` where it has made none.
    """
    statuses = SupportStatus.objects.filter(reference=reference, request__provider=provider)
    found = list(statuses.select_related("request__damage").order_by("order"))
    if not found:
        raise NotFound("There is no such support request.")
    return found


def unanswered(requests: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Those that staff have not answered yet."""
    return requests.filter(answered_at=None)


def overdue(requests: QuerySet[SupportRequest], now: datetime) -> QuerySet[SupportRequest]:
    """Those whose answer was promised for earlier."""
    return unanswered(requests).filter(respond_by__lte=now)
