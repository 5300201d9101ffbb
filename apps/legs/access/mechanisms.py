"""What an MP's app needs to open and close the asset itself: the identifiers LOCK_UNLOCK_… other than REMOTELY.

It goes beside what the token holds already. Source: seed process-identifiers, tripExecution.
"""

from collections.abc import Callable
from typing import Any

from apps.assets.models import AssetIdentifier, IdentifierKind
from apps.legs.access.opening import Opening


def _read(kind: IdentifierKind) -> Callable[[Opening], dict[str, Any]]:
    """What a phone reads on the asset, where that is known."""

    def read(opening: Opening) -> dict[str, Any]:
        found = AssetIdentifier.objects.filter(asset=opening.leg.asset_id, kind=kind).values_list("value", flat=True)
        return {"identifier": value} if (value := found.order_by("pk").first()) else {}

    return read


def _nothing_more(opening: Opening) -> dict[str, Any]:
    return {}


# In the seed's order: what each mechanism needs beyond the id of the lock.
MECHANISMS: dict[str, Callable[[Opening], dict[str, Any]]] = {
    "APP": _nothing_more,
    "BLUETOOTH": _read(IdentifierKind.BLUETOOTH),
    "DEEPLINK": lambda opening: {"url": opening.app_link},
    "WIFI": _nothing_more,
    "NFC": _read(IdentifierKind.NFC),
    "RFID": _nothing_more,
    "SHOW_ACCESS_CODE": lambda opening: {"code": opening.short_code},
    "OWN_SDK": _nothing_more,
    "OTHER": _nothing_more,
}


def mechanisms(opening: Opening) -> dict[str, Any]:
    """Members to add to TOMP's `tokenData`: how the MP's app opens this asset; none where it does not."""
    on = [name for name in MECHANISMS if opening.profile.has(f"LOCK_UNLOCK_{name}")]
    asset = opening.leg.asset
    if not on or asset is None:
        return {}
    lock = asset.lock_device_id or asset.code
    return {"mechanisms": [{"mechanism": name, "lockId": lock, **MECHANISMS[name](opening)} for name in on]}
