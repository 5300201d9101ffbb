"""Places in a pool: assets of one type at one station, promised by number and not yet by name.

The rule: for every promised place, at least as many assets standing there are free throughout its period as places
are promised that overlap it. Then each can be given an asset, in whatever order they come. It assumes, as up-front
booking does, that assets come back when their period ends. Whoever promises or takes away something there holds the
pool's lock (`lock_pool`), before any asset's.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet
from django.utils.translation import gettext

from apps.assets.models import Asset, Reservation
from apps.assets.unpromised import count_of, fit_for_hire, free_assets, live
from apps.stations.models import Station
from apps.tomp.errors import AssetTaken

Pool = tuple[int, int]


def lock_pools(station_ids: Iterable[int | None]) -> None:
    """Lock the pools of stations in the order of their keys; assets that stand at none are in no pool."""
    ids = {station_id for station_id in station_ids if station_id is not None}
    if ids:
        list(Station.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))


def lock_pool(station_id: int | None) -> None:
    """Lock the pools of one station, if any."""
    lock_pools([station_id])


def free_places(
    station_ids: Collection[int], *, start: datetime, end: datetime | None, now: datetime
) -> dict[Pool, int]:
    """Places left per (station, asset type), by primary keys, throughout `start` … `end`. Two statements.

    Good enough to offer; whether a place is really left is decided when it is promised.
    """
    standing = (
        free_assets(start=start, end=end, now=now)
        .filter(station__in=station_ids)
        .values_list("station", "asset_type")
        .order_by()
        .annotate(count=Count("pk"))
    )
    promised = (
        Reservation.objects.filter(
            live(now), asset=None, station__in=station_ids, period__overlap=DateTimeTZRange(start, end, "[)")
        )
        .values_list("station", "asset_type")
        .order_by()
        .annotate(count=Count("pk"))
    )
    places: Counter[Pool] = Counter({(station, kind): count for station, kind, count in standing})
    places.subtract({(station, kind): count for station, kind, count in promised})
    return dict(places)


def short_places(
    *, station_id: int, asset_type_id: int, period: DateTimeTZRange, now: datetime, without: Collection[int] = ()
) -> QuerySet[Reservation]:
    """The promised places that overlap `period` and can no longer all be given an asset.

    Each with `wanted` places and `free` assets; `without` leaves assets out as if they had gone.
    """
    pool = {"station": station_id, "asset_type": asset_type_id}
    places = Reservation.objects.filter(live(now), asset=None, **pool)
    overlapping = places.filter(period__overlap=OuterRef("period"))
    in_the_way = Reservation.objects.filter(
        live(now), asset=OuterRef("pk"), period__overlap=OuterRef(OuterRef("period"))
    )
    assets = Asset.objects.filter(fit_for_hire(), ~Exists(in_the_way), **pool).exclude(pk__in=without)
    return (
        places.filter(period__overlap=period)
        .annotate(wanted=count_of(overlapping), free=count_of(assets))
        .filter(free__lt=F("wanted"))
    )


def check_pool(*, station_id: int, asset_type_id: int, period: DateTimeTZRange, now: datetime) -> None:
    """Raise `AssetTaken` where a place that overlaps `period` could no longer be given an asset."""
    if short_places(station_id=station_id, asset_type_id=asset_type_id, period=period, now=now).exists():
        raise AssetTaken(gettext("The last asset here has been promised to someone else."))


def given_up_without(asset: Asset, *, now: datetime) -> list[Reservation]:
    """The places, latest made first, that could not be kept if `asset` left its station.

    None where it is not fit for hire: no place counts on it.
    """
    if asset.station_id is None or not Asset.objects.filter(fit_for_hire(), pk=asset.pk).exists():
        return []
    short = short_places(
        station_id=asset.station_id,
        asset_type_id=asset.asset_type_id,
        period=DateTimeTZRange(now, None, "[)"),
        now=now,
        without=[asset.pk],
    )
    missing = short.aggregate(most=Max(F("wanted") - F("free")))["most"] or 0
    return list(short.order_by("-pk")[:missing])
