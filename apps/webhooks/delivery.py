"""Delivering the outbox.

1. Claim messages whose turn it is (`claims`): a short transaction per MP.
2. Send them side by side, in threads that touch no database (`sending`): a hanging MP keeps its own threads
   waiting, and while it does, what becomes due for others is claimed.
3. Write each result (`results`): a short transaction, in the calling thread. Then the next message of that
   booking has its turn.

A worker that dies between 1 and 3 leaves a lease that runs out; the message is then sent again with the same
`Idempotency-Key`. So delivery is at least once.
"""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.conf import settings

from apps.tomp.errors import Invalid
from apps.webhooks.claims import Claim, claim_due
from apps.webhooks.outgoing import build_request
from apps.webhooks.results import record
from apps.webhooks.sending import TOTAL_SECONDS, Outcome, send

# Requests under way at once in one call.
SIDE_BY_SIDE = 16
# A call claims no more after this long; the next sweep goes on. Keeps a worker's shutdown short.
CLAIMING_SECONDS = 15.0
# While requests are under way, how often to look for what else has become due.
LOOK_AGAIN_SECONDS = 0.5


def deliver_due(*, limit: int = 500) -> int:
    """Deliver until nothing is due, `limit` attempts were made or time is up; returns the attempts made."""
    started, attempts = time.monotonic(), 0
    under_way: dict[Future[Outcome], Claim] = {}
    senders = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="outbox")
    try:
        while True:
            claimed = 0
            if time.monotonic() - started < CLAIMING_SECONDS:
                room = min(SIDE_BY_SIDE - len(under_way), limit - attempts)
                for claim in claim_due(limit=room):
                    claimed += 1
                    future = _start(claim, senders)
                    if future is not None:
                        under_way[future] = claim
            attempts += claimed
            if not under_way and not claimed:
                return attempts
            ended, _ = wait(under_way, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for future in ended:
                record(under_way.pop(future), future.result())
    finally:
        senders.shutdown(wait=False, cancel_futures=True)


def seconds_per_attempt() -> float:
    """The most an attempt may take: always well below the lease."""
    return min(TOTAL_SECONDS, settings.TOMP_OUTBOX_LEASE_SECONDS * 0.8)


def _start(claim: Claim, senders: ThreadPoolExecutor) -> Future[Outcome] | None:
    """Hand a claimed message to a sender; None where it cannot be sent, which is then on record."""
    try:
        request = build_request(claim.message)
    except Invalid as error:
        record(claim, Outcome(error=error.detail, refused=True))
        return None
    return senders.submit(send, request, seconds=seconds_per_attempt())
