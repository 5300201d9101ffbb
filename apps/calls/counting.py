"""Counting all calls of MPs, without a statement for each.

Each web process adds up what it has answered, and writes it with the first call that ends more than `SECONDS` after
it last did. A single call is so counted at once, a crowd in one statement every few seconds; what a process that ends
has not written yet is not counted.
"""

import threading
import time
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

SECONDS = 5.0
# Within how many milliseconds a call was answered; those that took longer than the last are counted there.
STEPS_MS = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000)
# In the order of the key, so that two processes that write the same rows wait for each other in one direction only.
ADD = """
    INSERT INTO calls_callcount AS kept (provider_id, hour, endpoint, status, error_code, within_ms, calls, last_at)
    SELECT * FROM unnest(
        %s::bigint[], %s::timestamptz[], %s::text[], %s::smallint[], %s::int[], %s::int[], %s::int[], %s::timestamptz[]
    ) AS added ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (provider_id, hour, endpoint, status, error_code, within_ms)
    DO UPDATE SET calls = kept.calls + EXCLUDED.calls, last_at = greatest(kept.last_at, EXCLUDED.last_at)
"""


@dataclass(frozen=True)
class Kind:
    """What calls have in common that are counted together."""

    provider_id: int
    hour: datetime
    endpoint: str
    status: int
    error_code: int
    within_ms: int


class Tally:
    """What this process has answered and not written yet. All threads of the process share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew, with nothing counted."""
        self._counted: dict[Kind, tuple[int, datetime]] = {}
        self._written_at = float("-inf")

    def add(
        self, *, provider_id: int, at: datetime, endpoint: str, status: int, error_code: int | None, duration_ms: int
    ) -> None:
        """Count a call, and write what has been counted when it is time."""
        kind = Kind(
            provider_id=provider_id,
            hour=at.replace(minute=0, second=0, microsecond=0),
            endpoint=endpoint,
            status=status,
            error_code=error_code or 0,
            within_ms=STEPS_MS[min(bisect_left(STEPS_MS, duration_ms), len(STEPS_MS) - 1)],
        )
        with self._lock:
            calls, _ = self._counted.get(kind, (0, at))
            self._counted[kind] = (calls + 1, at)
            if time.monotonic() - self._written_at < SECONDS:
                return
            counted, self._counted, self._written_at = self._counted, {}, time.monotonic()
        _write(counted)


def _write(counted: dict[Kind, tuple[int, datetime]]) -> None:
    rows = [
        (kind.provider_id, kind.hour, kind.endpoint, kind.status, kind.error_code, kind.within_ms, calls, last_at)
        for kind, (calls, last_at) in counted.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


tally = Tally()
