"""Reading the fleet."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from apps.assets.locks.models import LockState
from apps.assets.models import Asset, AssetState, AssetType
from apps.assets.tickets import has_tickets
from apps.assets.unpromised import free_assets
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


def with_a_jammed_lock(assets: QuerySet[Asset]) -> QuerySet[Asset]:
    """Those whose lock was last heard of as jammed, but for what will never be hired again."""
    return assets.filter(lock_state=LockState.JAMMED).exclude(state=AssetState.RETIRED)


def with_nothing_to_hire(stations: QuerySet[Station], now: datetime) -> QuerySet[Station]:
    """Those that hire out, and have no asset that could be hired from `now` on."""
    free = free_assets(start=now, end=None, now=now).filter(station=OuterRef("pk"))
    return stations.filter(~Exists(free), is_installed=True, is_renting=True)
