"""Telling MPs where their travellers' assets are while they ride: POST /legs/{id}/progress.

Whom and how often the process says: PROGRESS_NOTIFICATION or a subscription, and the setting `progressSeconds`. The
latest position wins; how that is sent is in `webhooks.services.enqueue_latest`.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils import timezone

from apps.clock.sweeps import sweep
from apps.legs.models import UNDER_WAY, Leg
from apps.legs.trails import ridden
from apps.legs.wire import progress_object
from apps.processes.selectors import setting_column
from apps.webhooks import nudges
from apps.webhooks.models import OutboxMessage
from apps.webhooks.services import drop_latest, enqueue_latest, is_wanted

IDENTIFIER = "PROGRESS_NOTIFICATION"


def _due() -> QuerySet[Leg]:
    """Legs under way whose MP wants to know, and whose asset has said since where it is."""
    seconds = setting_column("progressSeconds", version="booking__profile_version")
    next_at = ExpressionWrapper(
        F("progress_told_at") + seconds * Value(timedelta(seconds=1)), output_field=DateTimeField()
    )
    asked_for = Q(booking__profile_version__document__processIdentifiers__tripExecution__contains=[IDENTIFIER]) | Q(
        booking__subscribed_at__isnull=False
    )
    return Leg.objects.filter(
        asked_for,
        Q(progress_told_at=None) | Q(asset__position_at__gte=next_at),
        state__in=UNDER_WAY,
        asset__position_at__gt=F("actual_departure_time"),
    )


def tell_progress(*, limit: int = 500) -> int:
    """Write the positions that are due; returns how many. A transaction for each."""
    told = [message for message in sweep("tell progress", _due(), _tell, limit=limit) if message is not None]
    if told:
        nudges.deliver_soon(told[-1].pk)
    return len(told)


@transaction.atomic
def _tell(leg_id: UUID) -> OutboxMessage | None:
    """Write a leg's position; None where that is not due any more, or its ride is being changed at this moment.

    Nothing is waited for here, so the order of locks does not matter.
    """
    leg = (
        _due()
        .filter(pk=leg_id)
        .select_related("booking", "asset")
        .select_for_update(of=("self", "booking"), skip_locked=True, no_key=True)
        .first()
    )
    if leg is None or leg.asset is None or not is_wanted(leg.booking, IDENTIFIER):
        return None
    now = timezone.now()
    meters = ridden(leg, until=now).usage.distance_meters
    message = enqueue_latest(
        booking=leg.booking,
        subject="PROGRESS",
        path=f"/legs/{leg.pk}/progress",
        body=progress_object(leg, now=now, meters=meters, location_only=False),
        of=leg.pk,
    )
    if message is not None:
        leg.progress_told_at = leg.asset.position_at
        leg.save(update_fields=["progress_told_at"])
    return message


def stop_telling(leg: Leg) -> None:
    """The ride is over: a position that has not gone yet is news no more."""
    if leg.progress_told_at is not None:
        drop_latest(of=leg.pk)
