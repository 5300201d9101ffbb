"""Promising assets, and taking promises back.

The database is the last word: `reservation_asset_never_overlaps` refuses a second live reservation of an
asset in the same period, whatever happened here. Callers of the functions that write hold a transaction and
the lock on the asset (`lock_assets`); the order of locks is provider → asset → booking → leg.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.assets.models import Asset, Reservation
from apps.assets.pools import check_pool
from apps.assets.unpromised import HIREABLE
from apps.tomp.errors import AssetTaken


def lock_assets(ids: Iterable[int]) -> dict[int, Asset]:
    """Lock assets in the order of their keys, and return them by key."""
    locked = Asset.objects.filter(pk__in=set(ids)).select_related("asset_type").order_by("pk")
    return {asset.pk: asset for asset in locked.select_for_update(of=("self",))}


def hold_asset(
    *,
    asset: Asset,
    start: datetime,
    end: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> Reservation:
    """Freeze a locked asset until `expires_at`.

    Raises `AssetTaken` where it is out of service or promised, or stands at a station whose assets of its type are
    all needed for the places promised there.
    """
    if asset.state not in HIREABLE:
        raise AssetTaken("The asset is no longer available.")
    Reservation.objects.filter(asset=asset, released_at=None, expires_at__lte=now).update(released_at=now)
    try:
        with transaction.atomic():
            reservation = Reservation.objects.create(
                asset_type_id=asset.asset_type_id,
                asset=asset,
                station_id=asset.station_id,
                period=DateTimeTZRange(start, end, "[)"),
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise AssetTaken("The asset has been taken by someone else.") from error
    if asset.station_id is not None:
        check_pool(reservation, station_id=asset.station_id, now=now)
    return reservation


def confirm(reservation: Reservation) -> None:
    """Turn a hold into a reservation for its whole period."""
    reservation.expires_at = None
    reservation.save(update_fields=["expires_at"])


def release(reservation: Reservation, *, now: datetime) -> None:
    """Take the promise back. Releasing twice changes nothing."""
    if reservation.released_at is None:
        reservation.released_at = now
        reservation.save(update_fields=["released_at"])
