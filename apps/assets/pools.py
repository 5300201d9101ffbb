"""Places in a pool: assets of one type at one station, promised by number and not yet by name.

A place is promised where the serviceable, unpromised assets standing there outnumber the places already promised
for an overlapping time. The count is right because everyone who promises something there, a place or an asset that
stands there, holds the pool's lock (`lock_pool`, before any asset's). Counting every overlapping promise never
oversells; two short ones that do not overlap each other may count double.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count

from apps.assets.models import Reservation
from apps.assets.unpromised import free_assets, live
from apps.stations.models import Station
from apps.tomp.errors import AssetTaken

Pool = tuple[int, int]


def lock_pool(station_id: int | None) -> None:
    """Lock the pools of a station; assets that stand at none are in no pool."""
    if station_id is not None:
        Station.objects.select_for_update(of=("self",), no_key=True).filter(pk=station_id).first()


def free_places(
    station_ids: Collection[int], *, start: datetime, end: datetime | None, now: datetime
) -> dict[Pool, int]:
    """Places left per (station, asset type), by primary keys, throughout `start` … `end`. Two statements.

    Negative where assets have left a station after places there were promised.
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


def check_pool(reservation: Reservation, *, station_id: int, now: datetime) -> None:
    """Raise `AssetTaken` where, `reservation` written, more places of its type are promised than assets are left."""
    period = reservation.period
    left = free_places([station_id], start=period.lower, end=period.upper, now=now)
    if left.get((station_id, reservation.asset_type_id), 0) < 0:
        raise AssetTaken("The last asset here has been promised to someone else.")


def hold_place(
    *,
    asset_type_id: int,
    station: Station,
    start: datetime,
    end: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> Reservation:
    """Freeze one place in a locked pool until `expires_at`. Raises `AssetTaken` where none is left."""
    reservation = Reservation.objects.create(
        asset_type_id=asset_type_id,
        station=station,
        period=DateTimeTZRange(start, end, "[)"),
        expires_at=expires_at,
    )
    check_pool(reservation, station_id=station.pk, now=now)
    return reservation
