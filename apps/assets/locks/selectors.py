"""Which lock an asset has."""

from apps.assets.locks.lock import Lock
from apps.assets.locks.models import GatewayKind
from apps.assets.locks.over_http import HttpLock
from apps.assets.locks.over_mqtt import MqttLock
from apps.assets.locks.simulated import PretendedLock
from apps.assets.models import Asset


def lock_of(asset: Asset) -> Lock | None:
    """The lock of an asset as its type's gateway reaches it; None where the type has no gateway."""
    gateway = asset.asset_type.lock_gateway
    if gateway is None:
        return None
    device = asset.lock_device_id or asset.code
    if gateway.kind == GatewayKind.HTTP:
        return HttpLock(gateway, device)
    if gateway.kind == GatewayKind.MQTT:
        return MqttLock(gateway, device)
    return PretendedLock(asset.pk)
