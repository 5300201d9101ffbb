"""Writing messages to MPs, and sending parked ones again. Delivery is in `apps.webhooks.delivery`."""

from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from apps.bookings.models import Booking
from apps.history.services import Actor, record
from apps.processes.selectors import published_profile
from apps.tomp.errors import IllegalState, NotFound
from apps.tomp.json_format import dumps
from apps.webhooks import nudges
from apps.webhooks.models import DeliveryState, OutboxMessage


def is_wanted(booking: Booking, identifier: str) -> bool:
    """Does the MP ask to be told: by its process (`identifier` is on), or by a subscription to this booking?"""
    return booking.subscribed_at is not None or published_profile(booking.profile_version_id).has(identifier)


def enqueue(*, booking: Booking, subject: str, path: str, body: dict[str, Any], method: str = "POST") -> OutboxMessage:
    """Write a message about `booking` for its MP, in the caller's transaction.

    `path` is the TOMP path below the MP's base URL, `body` the TOMP object to send: a snapshot, never built
    anew, without what is absent. After commit a worker is nudged; if the nudge is lost, the sweep finds the row.
    """
    message = OutboxMessage.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        subject=subject,
        method=method,
        path=path,
        base_url=booking.callback_url,
        body=orjson.loads(dumps(body)),
    )
    transaction.on_commit(lambda: nudges.deliver_soon(message.pk), robust=True)
    return message


@transaction.atomic
def resend(*, message_id: int, actor: Actor, reason: str = "") -> OutboxMessage:
    """Put a parked message back into the outbox, due at once and with all its attempts before it.

    Its earlier attempts stay on record. Until it is delivered or parked again it holds back the messages of
    its booking that have not gone yet; those that have are not recalled. Raises `IllegalState` for a message
    that is not parked, `NotFound` for one that does not exist.
    """
    message = OutboxMessage.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    if message.state != DeliveryState.FAILED:
        raise IllegalState("Only a message that is parked can be sent again.")
    before = message.state
    message.state, message.attempts = DeliveryState.PENDING, 0
    message.next_attempt_at, message.leased_until = timezone.now(), None
    message.save(update_fields=["state", "attempts", "next_attempt_at", "leased_until"])
    record(message, "resend", actor=actor, before=before, reason=reason)
    transaction.on_commit(lambda: nudges.deliver_soon(message.pk), robust=True)
    return message
