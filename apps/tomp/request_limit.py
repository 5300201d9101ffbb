"""No more requests of an MP within a minute than staff have agreed with it.

Counted in the database, for all web processes together; an MP without a limit costs no statement.
Source: STATES, "Errors", x007.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from apps.clock.sweeps import in_batches
from apps.providers.models import Provider
from apps.tomp.errors import TooManyRequests
from apps.tomp.models import RequestCount

KEPT = timedelta(hours=1)
# One statement, so that two requests at once never count as one. A request above the limit finds no row to
# change: it is refused, and writes nothing.
COUNT = """
    INSERT INTO tomp_requestcount AS counted (provider_id, minute, requests) VALUES (%s, %s, 1)
    ON CONFLICT (provider_id, minute) DO UPDATE SET requests = counted.requests + 1 WHERE counted.requests < %s
    RETURNING requests
"""


def check_request_limit(provider: Provider, *, now: datetime) -> None:
    """Count a request of `provider`; `TooManyRequests` (429) above its limit, until the next minute begins."""
    if provider.request_limit is None:
        return
    minute = now.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [provider.pk, minute, provider.request_limit])
        let_through = cursor.fetchone() is not None
    if not let_through:
        raise TooManyRequests(
            f"No more than {provider.request_limit} requests a minute were agreed.", retry_after=60 - now.second
        )


def request_counts_due(now: datetime) -> QuerySet[RequestCount]:
    """The counts of minutes more than an hour ago."""
    return RequestCount.objects.filter(minute__lt=now - KEPT)


def purge_request_counts(*, now: datetime) -> int:
    """Forget the counts of minutes more than an hour ago, a batch at a time; returns how many."""
    return in_batches("purge counts of requests", request_counts_due(now), QuerySet.delete)
