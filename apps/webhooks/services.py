"""Writing messages to MPs. Delivery is in `apps.webhooks.delivery`."""

from functools import partial
from typing import Any

from django.db import transaction

from apps.bookings.models import Booking
from apps.webhooks import nudges
from apps.webhooks.models import OutboxMessage


def enqueue(
    *, booking: Booking, subject: str, path: str, body: dict[str, Any], method: str = "POST"
) -> OutboxMessage:
    """Write a message about `booking` for its MP, in the caller's transaction.

    `path` is the TOMP path below the MP's base URL, `body` the TOMP object to send: a snapshot, never built
    anew. After commit a worker is nudged; if the nudge is lost, the sweep finds the row.
    """
    message = OutboxMessage.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        subject=subject,
        method=method,
        path=path,
        base_url=booking.callback_url,
        body=body,
    )
    transaction.on_commit(partial(nudges.deliver_soon, message.pk), robust=True)
    return message
