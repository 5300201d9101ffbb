"""The steps of a support request: the only place that writes them."""

from uuid import UUID

from django.db.models import Max

from apps.history.services import Actor
from apps.support.models import SupportRequest, SupportStatus


def lock_requests(reference: UUID) -> list[SupportRequest]:
    """Lock all requests of a reference, the first that came first: their steps share one row of numbers."""
    requests = SupportRequest.objects.filter(reference=reference).order_by("received_at", "pk")
    return list(requests.select_for_update(of=("self",)))


def write_status(
    request: SupportRequest, *, actor: Actor, comment: str = "", minutes_to_resolution: int | None = None
) -> SupportStatus:
    """Note what was said and where that left the request, under the next number of its reference.

    The caller holds the lock on the ride, or on the requests of the reference (`lock_requests`), so that numbers are
    given in order.
    """
    before = SupportStatus.objects.filter(reference=request.reference).aggregate(last=Max("order"))["last"]
    return SupportStatus.objects.create(
        request=request,
        reference=request.reference,
        order=0 if before is None else before + 1,
        state=request.state,
        minutes_to_resolution=minutes_to_resolution,
        comment=comment,
        sender_kind=actor.kind,
        sender_name=actor.name,
    )
