"""What staff do to an asset: out of service, back again, retired."""

from django.db import transaction
from django.utils import timezone

from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.reservations import lock_assets
from apps.assets.unpromised import live
from apps.history.services import CLOCK, Actor, fire
from apps.tomp.errors import IllegalState, NotFound

OUT_OF_SERVICE_EVENTS = (
    "start_maintenance",
    "start_charging",
    "start_relocation",
    "report_missing",
    "retire",
)
SERVICE_EVENTS = (*OUT_OF_SERVICE_EVENTS, "return_to_service")


def change_service_state(*, asset_id: int, event: str, actor: Actor, reason: str) -> Asset:
    """Fire one of `SERVICE_EVENTS` on an asset.

    Raises `NotFound`, and `IllegalState` where the state does not allow the event or a live reservation binds
    the asset: what becomes of that booking is to be decided first. Source: STATES, "Asset".
    """
    if event not in SERVICE_EVENTS:
        raise ValueError(f"{event} is no event of an asset's service.")
    with transaction.atomic():
        asset = lock_assets([asset_id]).get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        if event in OUT_OF_SERVICE_EVENTS:
            _refuse_when_promised(asset)
        fire(asset, event, actor=actor, reason=reason)
        return asset


def _refuse_when_promised(asset: Asset) -> None:
    """Raise where a live reservation binds the asset; end a hold that ran out and was not yet swept away."""
    now = timezone.now()
    promise = Reservation.objects.filter(live(now), asset=asset).select_related("leg").order_by("period").first()
    if promise is not None:
        leg = getattr(promise, "leg", None)
        whom = f"booking {leg.booking_id}" if leg is not None else f"reservation {promise.pk}"
        raise IllegalState(f"Asset {asset.code} is promised to {whom}. Decide first what becomes of that.")
    if asset.state == AssetState.RESERVED:
        fire(asset, "free", actor=CLOCK, reason="its hold ran out")
