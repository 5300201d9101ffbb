"""Support requests as TOMP's `supportStatus` objects."""

from typing import Any

from apps.assets.damages.selectors import damage_object
from apps.history.models import ActorKind
from apps.support.models import SupportStatus


def status_object(status: SupportStatus) -> dict[str, Any]:
    """One step, with what was asked. `comment` is what staff tell the traveller, so the MP's own is left out.

    Expects `request` and its `damage` to be loaded. Absent fields are None.
    """
    request = status.request
    return {
        "id": str(request.reference),
        "supportType": request.type,
        "location": request.location,
        "time": request.happened_at,
        "priority": request.priority,
        "contactInformationEndUser": request.contact or None,
        "requestedResponseTime": request.response_minutes,
        "damage": damage_object(request.damage) if request.damage is not None else None,
        "urls": request.urls or None,
        "assetId": request.asset_named or None,
        "status": status.state,
        "timeToResolution": status.minutes_to_resolution,
        "order": status.order,
        "comment": (status.comment or None) if status.sender_kind == ActorKind.TO else None,
    }
