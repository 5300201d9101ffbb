"""Our side of the conversation about a booking: the one way a notification of ours is written.

It lies below legs, so that whatever happens to a ride can be told.
"""

from typing import Any
from uuid import UUID

from apps.bookings.models import Booking, Notification, NotificationType
from apps.history.services import Actor
from apps.webhooks.services import enqueue

# The process identifier of an MP that takes messages to its travellers.
GENERAL = "GENERAL_NOTIFICATION"


def notify(
    booking: Booking,
    kind: NotificationType,
    *,
    actor: Actor,
    leg_id: UUID | None = None,
    minutes: int | None = None,
    comment: str = "",
) -> Notification:
    """Keep a notification of ours and send it to the MP, in the caller's transaction.

    `comment` is in the operator's first language, the one messages say they are in. Whether the MP wants to be
    told is the caller's question (`webhooks.services.is_wanted`).
    """
    notification = Notification.objects.create(
        booking=booking,
        leg_id=leg_id,
        type=kind,
        minutes=minutes,
        comment=comment,
        sender_kind=actor.kind,
        sender_name=actor.name,
    )
    path = f"/bookings/{booking.pk}/notifications"
    enqueue(booking=booking, subject=kind.value, path=path, body=notification_object(notification))
    return notification


def notification_object(notification: Notification) -> dict[str, Any]:
    """TOMP's `notification`; what is absent is left out. Who sent it and when, the document has no field for."""
    fields = {
        "type": notification.type,
        "minutes": notification.minutes,
        "asset": notification.asset,
        "comment": notification.comment or None,
        "legId": str(notification.leg_id) if notification.leg_id is not None else None,
    }
    return {name: value for name, value in fields.items() if value is not None}
