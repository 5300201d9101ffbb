"""Taking messages for delivery, so that no two workers have the same one.

A claim is a lease in the message's row, committed before anything is sent; `leased_until` is also its
identity. Who finds the lease run out takes the message over. The workers' clocks may differ by less than the
lease is longer than an attempt (47 s with the default).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.providers.models import Provider
from apps.webhooks.models import DeliveryAttempt, DeliveryState, OutboxMessage

# A dead MP holds no more than this many of our connections.
MAX_IN_FLIGHT_PER_PROVIDER = 2
# First half of the advisory lock's key; the second is the provider.
ADVISORY_LOCK = 0x6F7574


@dataclass(frozen=True)
class Claim:
    """A message that is ours to send until `leased_until`."""

    message: OutboxMessage
    leased_until: datetime


def claimable(now: datetime) -> QuerySet[OutboxMessage]:
    """Messages whose turn it is: due, with nobody at them, and the oldest undelivered of their booking.

    A parked message holds back none; one that waits for its next attempt does. One that tells the latest of something
    neither waits for others nor holds them back.
    """
    earlier = OutboxMessage.objects.filter(
        booking=OuterRef("booking"), pk__lt=OuterRef("pk"), state=DeliveryState.PENDING, latest_of=None
    )
    return OutboxMessage.objects.filter(
        Q(latest_of__isnull=False) | ~Exists(earlier),
        Q(leased_until=None) | Q(leased_until__lte=now),
        state=DeliveryState.PENDING,
        next_attempt_at__lte=now,
    )


def leased(now: datetime) -> QuerySet[OutboxMessage]:
    """Messages some worker is sending at `now`."""
    return OutboxMessage.objects.filter(state=DeliveryState.PENDING, leased_until__gt=now)


def claim_due(*, limit: int) -> Iterator[Claim]:
    """Claim up to `limit` messages, at most two in flight per MP; each is committed when it is yielded.

    MPs come in random order, so that none is always the last. With nothing due: one SQL statement.
    """
    if limit <= 0:
        return
    now = timezone.now()
    of_provider = {"provider": OuterRef("pk")}
    in_flight = leased(now).filter(**of_provider).order_by().values("provider").values(count=Count("pk"))
    waiting = (
        Provider.objects.annotate(in_flight=Coalesce(Subquery(in_flight), 0))
        .filter(Exists(claimable(now).filter(**of_provider)), in_flight__lt=MAX_IN_FLIGHT_PER_PROVIDER)
        .order_by("?")
        .values_list("pk", flat=True)
    )
    for provider_id in list(waiting):
        for claim in _claim_of(provider_id, limit=limit):
            limit -= 1
            yield claim
        if limit <= 0:
            return


@transaction.atomic
def _claim_of(provider_id: int, *, limit: int) -> list[Claim]:
    """Claim what one MP may still have in flight.

    The row locks see to it that no message is claimed twice; the advisory lock, that the count of those in
    flight is true. Where another worker holds it, that worker is claiming for this MP at this moment. What tells the
    latest of something comes last and one at a time, so that it never takes the place of a message that must arrive.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ADVISORY_LOCK, provider_id])
        if not cursor.fetchone()[0]:
            return []
    now = timezone.now()
    in_flight = leased(now).filter(provider=provider_id).aggregate(all=Count("pk"), latest=Count("latest_of"))
    free = min(limit, MAX_IN_FLIGHT_PER_PROVIDER - in_flight["all"])
    if free <= 0:
        return []
    due = (
        claimable(now)
        .filter(provider=provider_id)
        .select_related("provider")
        .order_by("next_attempt_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    messages = list(due.filter(latest_of=None)[:free])
    if len(messages) < free and not in_flight["latest"]:
        messages += due.filter(latest_of__isnull=False)[:1]
    return [_lease(message, now) for message in messages]


def _lease(message: OutboxMessage, now: datetime) -> Claim:
    if message.leased_until is not None:
        DeliveryAttempt.objects.create(
            message=message, at=now, error="no result: the worker stopped during this attempt"
        )
    leased_until = now + timedelta(seconds=settings.TOMP_OUTBOX_LEASE_SECONDS)
    message.leased_until = leased_until
    message.attempts += 1
    message.save(update_fields=["leased_until", "attempts"])
    return Claim(message=message, leased_until=leased_until)
