"""Reading the fleet."""

from apps.assets.models import AssetType


def access_methods_by_type() -> dict[str, frozenset[str]]:
    """TOMP's asset type ids, each with the access methods the type offers: for process profiles."""
    return {
        type_id: frozenset(methods)
        for type_id, methods in AssetType.objects.order_by("type_id").values_list("type_id", "access_methods")
    }
