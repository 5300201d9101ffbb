"""Reading the fleet."""

from apps.assets.models import AssetType
from apps.assets.tickets import has_tickets
from apps.processes.problems import Fleet
from apps.stations.models import Station


def fleet() -> Fleet:
    """What process profiles may name: asset types with what gives access to them, and stations. Two statements."""
    types = list(
        AssetType.objects.order_by("type_id").values_list("type_id", "access_methods", "lock_gateway", has_tickets(1))
    )
    return Fleet(
        asset_types={type_id: frozenset(methods) for type_id, methods, *_ in types},
        stations=frozenset(Station.objects.values_list("station_id", flat=True)),
        without_tickets=frozenset(type_id for type_id, *_, in_stock in types if not in_stock),
        has_lock_gateway=any(gateway is not None for *_, gateway, _ in types),
    )
