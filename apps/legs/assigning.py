"""Which asset a leg gets: the one asked for, or one of the pool it was promised a place in."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.models import Asset, AssetState
from apps.assets.pools import lock_pool
from apps.assets.reservations import give_asset
from apps.assets.services import free
from apps.assets.unpromised import free_assets
from apps.history.services import fire, record
from apps.legs.locks import AssetSwapped
from apps.legs.models import Leg
from apps.legs.moment import Happening, Moment
from apps.legs.remote_locks import lock_up_later
from apps.processes.selectors import Profile
from apps.stations.geo import meters_between
from apps.tomp.errors import IllegalState, Invalid, Missing

# How far from the agreed pick-up point an asset may be to be "in reach".
REACH_METERS = 1000


def assignment_time(leg: Leg, profile: Profile) -> datetime | None:
    """When the clock gives the leg its asset: `assignMinutes` before the departure. None where it has one, or is not
    given one. Source: seed micromobility-operator, upfront-booking.
    """
    minutes = profile.setting("assignMinutes")
    if not minutes or leg.asset_id is not None:
        return None
    return leg.departure_time - timedelta(minutes=minutes)


def find_asset(happening: Happening) -> Asset:
    """The asset an ASSIGN_ASSET names, with its pool locked; raises `Missing` or `Invalid`."""
    if not happening.asset_id:
        raise Missing(gettext("asset.id is missing."))
    asset = Asset.objects.filter(public_id=happening.asset_id).first()
    if asset is None:
        raise Invalid(gettext("there is no such asset."), field="asset.id")
    lock_pool(asset.station_id)
    return asset


def choose_asset(leg_id: UUID) -> Asset | None:
    """For a leg without an asset, the one to take from its pool, fullest battery first; the pool is then locked.

    None where none is left, or the agreed time is over.
    """
    leg = Leg.objects.filter(pk=leg_id).select_related("reservation").get()
    lock_pool(leg.reservation.station_id)
    now, end = timezone.now(), leg.reservation.period.upper
    if end is not None and end <= now:
        return None
    fitting = free_assets(start=now, end=end, now=now).filter(
        asset_type=leg.asset_type_id, station=leg.reservation.station_id
    )
    return fitting.order_by(F("state_of_charge").desc(nulls_last=True), "pk").first()


def assign(moment: Moment, asset_id: int) -> None:
    """Give the leg this locked asset of its type, and free the one it had.

    Raises `Invalid` for an asset of another type, `IllegalState` for one out of reach (a place is at its station, an
    asset near the pick-up point), `AssetTaken` for one that is not free.
    """
    leg, ride, now = moment.leg, moment.ride, moment.now
    asset, old = ride.assets[asset_id], ride.asset_of(leg)
    if asset.asset_type_id != leg.asset_type_id:
        raise Invalid(gettext("this asset is of another type than the one booked."), field="asset.id")
    check_reach(leg, asset)
    give_asset(leg.reservation, asset, now=now)
    leg.asset, leg.asset_public_id, leg.lacks_asset_since = asset, asset.public_id, None
    leg.save(update_fields=["asset", "asset_public_id", "lacks_asset_since"])
    record(leg, "assign_asset", actor=moment.actor, reason=moment.reason)
    reason = f"leg {leg.pk}"
    if old is not None:
        free(old, actor=moment.actor, reason=reason, now=now)
        lock_up_later(leg, old, event=moment.happening.event)
    if asset.state == AssetState.AVAILABLE and leg.reservation.period.lower <= now:
        fire(asset, "reserve", actor=moment.actor, reason=reason)


def check_reach(leg: Leg, asset: Asset) -> None:
    """Raise `IllegalState` for an asset that the traveller does not find at the station or near the pick-up point."""
    if leg.reservation.asset_id is None and asset.station_id != leg.reservation.station_id:
        raise IllegalState(
            gettext("ASSIGN_ASSET needs an asset at the station that was booked; the leg is %(state)s.")
            % {"state": leg.state}
        )
    if meters_to(leg, asset) > REACH_METERS:
        raise IllegalState(
            gettext("ASSIGN_ASSET needs an asset near the pick-up point; the leg is %(state)s.") % {"state": leg.state}
        )


def meters_to(leg: Leg, asset: Asset) -> float:
    """From the leg's pick-up point to the asset, as the crow flies."""
    pick_up = leg.from_place["coordinates"]
    return meters_between((pick_up["lat"], pick_up["lng"]), (asset.latitude, asset.longitude))


def still_the_same(asset: Asset, moment: Moment) -> None:
    """Begin again where the asset moved to another pool, or was ridden, while we waited for its lock."""
    locked = moment.ride.assets[asset.pk]
    if (locked.station_id, locked.public_id) != (asset.station_id, asset.public_id):
        raise AssetSwapped
