"""Which asset a leg gets: the one asked for, or one of the pool it was promised a place in."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.pools import check_pool, lock_pool
from apps.assets.unpromised import HIREABLE, free_assets
from apps.history.services import fire, record
from apps.legs.freeing import free
from apps.legs.locks import AssetSwapped
from apps.legs.models import Leg
from apps.legs.moment import Happening, Moment
from apps.tomp.errors import AssetTaken, IllegalState, Invalid, Missing


def find_asset(happening: Happening) -> Asset:
    """The asset an ASSIGN_ASSET names, with its pool locked; raises `Missing` or `Invalid`."""
    if not happening.asset_id:
        raise Missing("asset.id is missing.")
    asset = Asset.objects.filter(public_id=happening.asset_id).first()
    if asset is None:
        raise Invalid("asset.id: there is no such asset.")
    lock_pool(asset.station_id)
    return asset


def choose_asset(leg_id: UUID) -> Asset | None:
    """For a leg without an asset, the one to take from its pool, fullest battery first; the pool is then locked.

    None where none is left.
    """
    leg = Leg.objects.filter(pk=leg_id).select_related("reservation").get()
    lock_pool(leg.reservation.station_id)
    now = timezone.now()
    fitting = free_assets(start=now, end=leg.reservation.period.upper, now=now).filter(
        asset_type=leg.asset_type_id, station=leg.reservation.station_id
    )
    return fitting.order_by(F("state_of_charge").desc(nulls_last=True), "pk").first()


def assign(moment: Moment, asset_id: int) -> None:
    """Give the leg this locked asset of its type, and free the one it had.

    Raises `Invalid` for an asset of another type, `IllegalState` for one at another station than the leg was
    promised a place at, `AssetTaken` for one that is not free.
    """
    leg, ride, now = moment.leg, moment.ride, moment.now
    asset, old = ride.assets[asset_id], ride.asset_of(leg)
    if asset.asset_type_id != leg.asset_type_id:
        raise Invalid("asset.id: this asset is of another type than the one booked.")
    if asset.state not in HIREABLE:
        raise AssetTaken("The asset is no longer available.")
    from_pool = leg.reservation.asset_id is None
    if from_pool and asset.station_id != leg.reservation.station_id:
        raise IllegalState("ASSIGN_ASSET needs an asset at the station that was booked.")
    _reserve_instead(leg.reservation, asset, moment)
    if not from_pool and asset.station_id is not None:
        check_pool(leg.reservation, station_id=asset.station_id, now=now)
    leg.asset, leg.asset_public_id = asset, asset.public_id
    leg.save(update_fields=["asset", "asset_public_id"])
    record(leg, "assign_asset", actor=moment.actor, reason=moment.happening.comment)
    reason = f"leg {leg.pk}"
    if old is not None:
        free(old, actor=moment.actor, reason=reason, now=now)
    if asset.state == AssetState.AVAILABLE and leg.reservation.period.lower <= now:
        fire(asset, "reserve", actor=moment.actor, reason=reason)


def _reserve_instead(reservation: Reservation, asset: Asset, moment: Moment) -> None:
    Reservation.objects.filter(asset=asset, released_at=None, expires_at__lte=moment.now).update(released_at=moment.now)
    reservation.asset = asset
    reservation.station_id = asset.station_id
    try:
        with transaction.atomic():
            reservation.save(update_fields=["asset", "station"])
    except IntegrityError as error:
        raise AssetTaken("The asset has been taken by someone else.") from error


def still_there(asset: Asset, moment: Moment) -> None:
    """Begin again where the asset moved to another pool while we waited for its lock."""
    if moment.ride.assets[asset.pk].station_id != asset.station_id:
        raise AssetSwapped
