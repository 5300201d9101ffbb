"""The steps of a support request: the only place that writes them."""

from django.db.models import Max

from apps.history.services import Actor
from apps.support.models import SupportRequest, SupportStatus


def write_status(
    request: SupportRequest, *, actor: Actor, comment: str = "", minutes_to_resolution: int | None = None
) -> SupportStatus:
    """Note what was said and where that left the request, under the next number of its reference.

    The caller holds the lock on the ride, or on the request where it has none, so that numbers are given in order.
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
