"""How long anybody waits for the sweep that lets bookings expire, and how long its transactions last."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from apps.bookings.models import WAITING, Booking
from apps.bookings.services import expire_due

# Among so many of those that come next: who is far back in the queue never meets the sweep.
NEXT = 100
# Both are timed by the server, so that nothing this process does meanwhile is taken for waiting.
LOCK = """
SELECT extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000
FROM (SELECT id FROM bookings_booking WHERE id = %s FOR UPDATE) locked
"""
AGE = """
SELECT extract(epoch FROM clock_timestamp() - xact_start) * 1000 FROM pg_stat_activity
WHERE pid = %s AND xact_start IS NOT NULL
"""


@dataclass
class Seen:
    """What a second connection saw; times in milliseconds."""

    waits: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class SweepFigures:
    """What expiring `bookings` took, and what was seen meanwhile; times in milliseconds."""

    bookings: int
    batches: list[float]
    seen: Seen

    @property
    def mean(self) -> float:
        """Per booking."""
        return sum(self.batches) / self.bookings


def sweep() -> SweepFigures:
    """Expire all that is due, in batches, while a second connection locks bookings that are next and looks on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    done, batches, expired = threading.Event(), [], 0
    with ThreadPoolExecutor(max_workers=1) as thread:
        watching = thread.submit(_watch, pid, done)
        try:
            while True:
                start = time.perf_counter()
                changed = expire_due()
                if changed == 0:
                    break
                batches.append((time.perf_counter() - start) * 1000)
                expired += changed
        finally:
            done.set()
        return SweepFigures(expired, batches, watching.result())


def _watch(pid: int, done: threading.Event) -> Seen:
    seen = Seen()
    due = Booking.objects.filter(state__in=WAITING, expires_at__lte=timezone.now()).order_by("expires_at")
    try:
        while not done.is_set():
            coming = list(due.values_list("pk", flat=True)[:NEXT])
            random.shuffle(coming)
            with connection.cursor() as cursor:
                for booking_id in coming[: NEXT // 10]:
                    cursor.execute(LOCK, [booking_id])
                    seen.waits += [float(wait) for (wait,) in cursor.fetchall()]
                    cursor.execute(AGE, [pid])
                    seen.ages += [float(age) for (age,) in cursor.fetchall()]
    finally:
        connection.close()
    return seen
