"""The messages of the outbox that have not reached their MPs, in numbers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# Messages beyond this number are not counted: there are too many, whatever their number.
MOST_COUNTED = 100_000
# A state at a time, as there is an index of each.
UNDELIVERED = """
    SELECT provider.maas_id, message.state, count(*), min(message.created_at)
    FROM (
        (SELECT provider_id, state, created_at FROM webhooks_outboxmessage WHERE state = 'PENDING' LIMIT %(most)s)
        UNION ALL
        (SELECT provider_id, state, created_at FROM webhooks_outboxmessage WHERE state = 'FAILED' LIMIT %(most)s)
    ) message JOIN providers_provider provider ON provider.id = message.provider_id
    GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Undelivered:
    """Messages of one MP in one state, PENDING or FAILED: how many, and when the oldest was written."""

    maas_id: str
    state: str
    count: int
    oldest: datetime


def undelivered() -> list[Undelivered]:
    """Those of each MP that has any, counted up to `MOST_COUNTED`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(UNDELIVERED, {"most": MOST_COUNTED})
        return [Undelivered(*row) for row in cursor.fetchall()]
