"""What becomes of a message after an attempt.

| answer | then |
|---|---|
| 2xx | delivered |
| 408, 425, 429, 5xx, none | tried again after a growing random wait or `Retry-After`; parked after the last |
| anything else, redirects included | parked at once |
| no address, or one we refuse to call | parked at once |

What tells only the latest of something is dropped where another message would be parked.
"""

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.http import parse_http_date_safe

from apps.webhooks.claims import Claim
from apps.webhooks.models import DeliveryAttempt, DeliveryState, OutboxMessage
from apps.webhooks.sending import MAX_ERROR_LENGTH, Outcome
from tomp_backoffice.metrics import DELIVERIES

MAX_ATTEMPTS = 12
# Seconds: the n-th wait is anything from FIRST_WAIT up to FIRST_WAIT · 2ⁿ, but not above LONGEST_WAIT.
SHORTEST_WAIT = 1
FIRST_WAIT = 5
LONGEST_WAIT = 3600
RETRIED = {408, 425, 429}

log = structlog.get_logger(__name__)
_random = random.SystemRandom()


def is_retried(outcome: Outcome) -> bool:
    """May the same request succeed later?"""
    if outcome.status is None:
        return not outcome.refused
    return outcome.status in RETRIED or 500 <= outcome.status < 600


def seconds_to_wait(attempts: int, retry_after: str, now: datetime) -> float:
    """Seconds until the next attempt: the MP's `Retry-After`, else exponential back-off with full jitter.

    `attempts` counts the ones made, the last included. Never more than an hour, whatever the MP asks.
    """
    asked = _asked_seconds(retry_after.strip(), now)
    if asked is not None:
        return min(max(asked, SHORTEST_WAIT), LONGEST_WAIT)
    return _random.uniform(SHORTEST_WAIT, min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT))


def _asked_seconds(retry_after: str, now: datetime) -> float | None:
    """`Retry-After` in seconds from `now`: a number or an HTTP date (RFC 9110, 10.2.3); None for neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return int(retry_after[:10])
    moment = parse_http_date_safe(retry_after)
    return None if moment is None else moment - now.timestamp()


def _answer(outcome: Outcome) -> str:
    """What came back, to be counted by: such as `2xx`, `none`, or `refused` where nothing was sent."""
    if outcome.status is None:
        return "refused" if outcome.refused else "none"
    return f"{outcome.status // 100}xx"


@transaction.atomic
def record(claim: Claim, outcome: Outcome) -> None:
    """Write the attempt, and the message's new state if it is still ours.

    A result that comes after its lease was taken over, or the message dropped, changes nothing of it.
    """
    now = timezone.now()
    message = claim.message
    error = outcome.error
    changes: dict[str, Any] = {"leased_until": None}
    if outcome.status is not None and 200 <= outcome.status < 300:
        changes |= {"state": DeliveryState.DELIVERED, "delivered_at": now}
        if message.answer_wanted:
            changes["answer"] = outcome.answer
    elif is_retried(outcome) and message.attempts < MAX_ATTEMPTS:
        wait = seconds_to_wait(message.attempts, outcome.retry_after, now)
        changes["next_attempt_at"] = now + timedelta(seconds=wait)
    else:
        changes["state"] = DeliveryState.FAILED if message.latest_of is None else DeliveryState.DROPPED
    ours = OutboxMessage.objects.filter(
        pk=message.pk, state=DeliveryState.PENDING, leased_until=claim.leased_until
    ).update(**changes)
    if not ours:
        dropped = OutboxMessage.objects.filter(pk=message.pk, state=DeliveryState.DROPPED).exists()
        what = "it was no longer news" if dropped else "another worker had taken over"
        error = f"late, {what}. {error}".strip()[:MAX_ERROR_LENGTH]
    DELIVERIES.labels(_answer(outcome)).inc()
    DeliveryAttempt.objects.create(
        message=message,
        at=now - timedelta(milliseconds=outcome.duration_ms),
        status=outcome.status,
        error=error,
        duration_ms=outcome.duration_ms,
    )
    log.info(
        "delivery attempt",
        message=message.pk,
        provider=message.provider_id,
        attempt=message.attempts,
        status=outcome.status,
        # What the MP says may be about the traveller; it is kept with the attempt.
        error=outcome.error if outcome.status is None else "",
        state=changes.get("state", DeliveryState.PENDING) if ours else "taken over",
    )
