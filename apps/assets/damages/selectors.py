"""Reading damages."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet

from apps.assets.damages.models import Damage, Severity


def open_damages(asset_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """TOMP `damage` objects of assets (primary keys) that have any which is not repaired. One statement."""
    found: dict[int, list[dict[str, Any]]] = {}
    for damage in Damage.objects.filter(asset__in=list(asset_ids), repaired_at=None).order_by("id"):
        found.setdefault(damage.asset_id, []).append(damage_object(damage))
    return found


def keeping_from_hire(asset: int | OuterRef) -> QuerySet[Damage]:
    """Open damages for which an asset is not to be hired; of an `OuterRef`, for use in a subquery."""
    return Damage.objects.filter(asset=asset, repaired_at=None, severity=Severity.UNUSABLE)


def damage_object(damage: Damage) -> dict[str, Any]:
    """TOMP's `damage`; what is absent is left out."""
    fields = {
        "vehicleComponent": damage.component,
        "vehicleComponentName": damage.component_name,
        "description": damage.description,
        "pictures": damage.pictures,
    }
    return {name: value for name, value in fields.items() if value}
