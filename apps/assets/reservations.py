"""Promising assets, and taking promises back.

The database is the last word: `reservation_asset_never_overlaps` refuses a second live reservation of an
asset in the same period, whatever happened here. Callers of the functions that write hold a transaction and
the lock on the asset (`lock_assets`); the order of locks is provider → asset → booking → leg.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.assets.models import Asset, AssetState, Reservation
from apps.stations.models import Station
from apps.tomp.errors import AssetTaken

HIREABLE = [AssetState.AVAILABLE, AssetState.RESERVED]


def live(now: datetime) -> Q:
    """Reservations that bind at `now`: not released, and no hold that has run out."""
    return Q(released_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def free_assets(*, start: datetime, end: datetime | None, now: datetime) -> QuerySet[Asset]:
    """Assets in service that nobody has been promised between `start` and `end` (open without one).

    An asset whose state still reads RESERVED after its hold ran out is free: the clock is never trusted to
    have run.
    """
    promised = Reservation.objects.filter(
        live(now), asset=OuterRef("pk"), period__overlap=DateTimeTZRange(start, end, "[)")
    )
    return Asset.objects.filter(~Exists(promised), state__in=HIREABLE)


def lock_assets(ids: Iterable[int]) -> dict[int, Asset]:
    """Lock assets in the order of their keys, and return them by key."""
    locked = Asset.objects.filter(pk__in=set(ids)).select_related("asset_type").order_by("pk")
    return {asset.pk: asset for asset in locked.select_for_update(of=("self",))}


def hold(
    *,
    asset: Asset,
    station: Station | None,
    start: datetime,
    end: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> Reservation:
    """Freeze a locked asset until `expires_at`. Raises `AssetTaken` where it is out of service or promised."""
    if asset.state not in HIREABLE:
        raise AssetTaken("The asset is no longer available.")
    Reservation.objects.filter(asset=asset, released_at=None, expires_at__lte=now).update(released_at=now)
    try:
        with transaction.atomic():
            return Reservation.objects.create(
                asset_type_id=asset.asset_type_id,
                asset=asset,
                station=station,
                period=DateTimeTZRange(start, end, "[)"),
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise AssetTaken("The asset has been taken by someone else.") from error


def confirm(reservation: Reservation) -> None:
    """Turn a hold into a reservation for its whole period."""
    reservation.expires_at = None
    reservation.save(update_fields=["expires_at"])


def release(reservation: Reservation, *, now: datetime) -> None:
    """Take the promise back. Releasing twice changes nothing."""
    if reservation.released_at is None:
        reservation.released_at = now
        reservation.save(update_fields=["released_at"])
