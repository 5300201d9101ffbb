"""What an MP's app needs to open and close the asset itself: the identifiers LOCK_UNLOCK_… other than REMOTELY.

It goes beside what the token holds already. Source: seed process-identifiers, tripExecution.
"""

from collections.abc import Callable
from typing import Any

from apps.assets.models import IdentifierKind
from apps.legs.access.opening import Opening
from apps.processes.selectors import Profile


def _read(kind: IdentifierKind) -> Callable[[Opening], dict[str, Any]]:
    """What a phone reads on the asset, where that is known."""

    def read(opening: Opening) -> dict[str, Any]:
        value = opening.identifiers.get(kind)
        return {"identifier": value} if value else {}

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


def reads_identifiers(profile: Profile) -> bool:
    """Is one of this MP's mechanisms told by what is read on the asset?"""
    return profile.has("LOCK_UNLOCK_BLUETOOTH") or profile.has("LOCK_UNLOCK_NFC")


def mechanisms(opening: Opening) -> dict[str, Any]:
    """Members to add to TOMP's `tokenData`: how the MP's app opens this asset; none where it does not, or not yet."""
    on = [name for name in MECHANISMS if opening.profile.has(f"LOCK_UNLOCK_{name}")]
    asset = opening.leg.asset
    if not on or asset is None or not opening.is_agreed:
        return {}
    lock = asset.lock_device_id or asset.code
    return {"mechanisms": [{"mechanism": name, "lockId": lock, **MECHANISMS[name](opening)} for name in on]}
