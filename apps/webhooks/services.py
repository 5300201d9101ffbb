"""Writing messages to MPs, and sending parked ones again. Delivery is in `apps.webhooks.delivery`."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.bookings.models import Booking
from apps.clock.sweeps import in_batches
from apps.history.services import Actor, record
from apps.processes.selectors import published_profile
from apps.tomp.errors import IllegalState, NotFound
from apps.tomp.json_format import dumps
from apps.webhooks import nudges
from apps.webhooks.models import DeliveryState, OutboxMessage


def is_wanted(booking: Booking, identifier: str) -> bool:
    """Does the MP ask to be told: by its process (`identifier` is on), or by a subscription to this booking?"""
    return booking.subscribed_at is not None or published_profile(booking.profile_version_id).has(identifier)


def enqueue(
    *,
    booking: Booking,
    subject: str,
    path: str,
    body: dict[str, Any],
    method: str = "POST",
    answer_wanted: bool = False,
) -> OutboxMessage:
    """Write a message about `booking` for its MP, in the caller's transaction.

    `path` is the TOMP path below the MP's base URL, `body` the TOMP object to send: a snapshot, never built
    anew, without what is absent. With `answer_wanted` the body of the MP's answer is kept. After commit a worker is
    nudged; if the nudge is lost, the sweep finds the row.
    """
    message = OutboxMessage.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        subject=subject,
        method=method,
        path=path,
        base_url=booking.callback_url,
        body=orjson.loads(dumps(body)),
        answer_wanted=answer_wanted,
    )
    transaction.on_commit(lambda: nudges.deliver_soon(message.pk), robust=True)
    return message


def enqueue_latest(
    *, booking: Booking, subject: str, path: str, body: dict[str, Any], of: UUID
) -> OutboxMessage | None:
    """Write a message that tells the latest of `of`, a leg, instead of the one before that was not yet delivered.

    None where that one is being sent at this moment: tell it next time. One that was never tried gets the new body;
    one that was tried is dropped, since its `Idempotency-Key` may be known to the MP, and the new one waits as long
    as the MP had asked for. The caller holds the leg's lock, and nudges a worker when it has told all it has to.
    """
    now = timezone.now()
    content = orjson.loads(dumps(body))
    waiting = (
        OutboxMessage.objects.filter(latest_of=of, state=DeliveryState.PENDING).select_for_update(of=("self",)).first()
    )
    if waiting is not None and waiting.leased_until is not None and waiting.leased_until > now:
        return None
    if waiting is not None and waiting.attempts == 0:
        waiting.body, waiting.created_at = content, now
        waiting.save(update_fields=["body", "created_at"])
        return waiting
    if waiting is not None:
        waiting.state, waiting.leased_until = DeliveryState.DROPPED, None
        waiting.save(update_fields=["state", "leased_until"])
    return OutboxMessage.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        subject=subject,
        method="POST",
        path=path,
        base_url=booking.callback_url,
        body=content,
        latest_of=of,
        next_attempt_at=max(now, waiting.next_attempt_at) if waiting is not None else now,
    )


def drop_latest(*, of: UUID) -> None:
    """What was told of `of` is no news any more: send it no more. One that is under way cannot be called back."""
    _drop(OutboxMessage.objects.filter(latest_of=of))


def latest_due(now: datetime) -> QuerySet[OutboxMessage]:
    """What told the latest of something, when the trail it was told from goes too."""
    old = now - timedelta(days=settings.TELEMETRY_TRAIL_DAYS)
    return OutboxMessage.objects.filter(latest_of__isnull=False, created_at__lt=old).order_by("created_at")


def purge_latest(*, now: datetime) -> int:
    """Forget what told the latest of something, a batch at a time; returns how many messages."""
    return in_batches("purge told positions", latest_due(now), QuerySet.delete)


def drop(message: OutboxMessage) -> None:
    """Send a message no more that has become pointless, in the caller's transaction. One under way is not recalled."""
    _drop(OutboxMessage.objects.filter(pk=message.pk))


def _drop(messages: QuerySet[OutboxMessage]) -> None:
    messages.filter(state=DeliveryState.PENDING).update(state=DeliveryState.DROPPED, leased_until=None)


@transaction.atomic
def resend(*, message_id: int, actor: Actor, reason: str = "") -> OutboxMessage:
    """Put a parked message back into the outbox, due at once and with all its attempts before it.

    Its earlier attempts stay on record. Until it is delivered or parked again it holds back the messages of
    its booking that have not gone yet; those that have are not recalled. Raises `IllegalState` for a message
    that is not parked, `NotFound` for one that does not exist.
    """
    message = OutboxMessage.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None:
        raise NotFound(gettext("There is no such message."))
    if message.state != DeliveryState.FAILED:
        raise IllegalState(gettext("Only a message that is parked can be sent again."))
    before = message.state
    message.state, message.attempts = DeliveryState.PENDING, 0
    message.next_attempt_at, message.leased_until = timezone.now(), None
    message.save(update_fields=["state", "attempts", "next_attempt_at", "leased_until"])
    record(message, "resend", actor=actor, before=before, reason=reason)
    transaction.on_commit(lambda: nudges.deliver_soon(message.pk), robust=True)
    return message
