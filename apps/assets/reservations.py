"""Promising assets, and taking promises back: the only place that writes reservations.

The database is the last word: `reservation_asset_never_overlaps` refuses a second live reservation of an asset in
the same period, and `check_pool` sees to the places, under the pool's lock. Callers hold a transaction and the locks
on the pool and the asset, in the order of docs/architecture.md.

Whoever promises something first ends the holds that have run out: nobody else need have come by. That is an UPDATE,
so it waits for a COMMIT that is just keeping such a hold alive, and then leaves it alone.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext

from apps.assets.ancillaries import move_all
from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.pools import check_pool, lock_pool, short_places
from apps.assets.unpromised import is_sound, live, may_be_promised
from apps.stations.models import Station
from apps.tomp.errors import AssetTaken, IllegalState, NotFound, ServiceUnavailable

# Places may count on assets that are there, and on those that come back when their ride ends.
COMING_BACK = [AssetState.AVAILABLE, AssetState.RESERVED, AssetState.IN_USE]


def lock_assets(ids: Iterable[int]) -> dict[int, Asset]:
    """Lock assets in the order of their keys, and return them by key, with their types."""
    locked = Asset.objects.filter(pk__in=set(ids)).select_related("asset_type").order_by("pk")
    return {asset.pk: asset for asset in locked.select_for_update(of=("self",))}


def lock_where_it_stands(asset_id: int) -> Asset:
    """Lock the pool where an asset stands, then the asset.

    Raises `NotFound`, and `ServiceUnavailable` where it was moved to another station meanwhile.
    """
    standing = Asset.objects.filter(pk=asset_id).values_list("station", flat=True).first()
    lock_pool(standing)
    asset = lock_assets([asset_id]).get(asset_id)
    if asset is None:
        raise NotFound(gettext("There is no such asset."))
    if asset.station_id != standing:
        raise ServiceUnavailable(gettext("The asset is being moved; try again."), retry_after=1)
    return asset


def hold_asset(
    *, asset: Asset, start: datetime, end: datetime | None, expires_at: datetime, now: datetime
) -> Reservation:
    """Freeze a locked asset until `expires_at`.

    Raises `AssetTaken` where it is out of service, damaged or promised, or needed for a place promised at its station.
    """
    if not may_be_promised(asset):
        raise AssetTaken(gettext("The asset is no longer available."))
    reservation = Reservation(
        asset_type_id=asset.asset_type_id,
        asset=asset,
        station_id=asset.station_id,
        period=DateTimeTZRange(start, end, "[)"),
        expires_at=expires_at,
    )
    return _write(reservation, now=now)


def hold_place(
    *, asset_type_id: int, station: Station, start: datetime, end: datetime | None, expires_at: datetime, now: datetime
) -> Reservation:
    """Freeze one place in a locked pool until `expires_at`. Raises `AssetTaken` where none is left."""
    reservation = Reservation(
        asset_type_id=asset_type_id,
        station=station,
        period=DateTimeTZRange(start, end, "[)"),
        expires_at=expires_at,
    )
    return _write(reservation, now=now)


def hold_for_maintenance(
    *, asset: Asset, start: datetime, end: datetime | None, now: datetime, held: Reservation | None = None
) -> Reservation:
    """Keep a locked asset for the workshop, in whatever state it is; `held` is moved, where the job has held it before.

    Raises `IllegalState`, which names the booking or job that it was promised to before, and the booking whose place
    at its station could not be kept without it.
    """
    period = DateTimeTZRange(start, end, "[)")
    own = Q() if held is None else ~Q(pk=held.pk)
    standing = Reservation.objects.filter(own, live(now), asset=asset, period__overlap=period).order_by("period")
    _refuse_beside(asset, standing.first())
    reservation = held if held is not None else Reservation(asset_type_id=asset.asset_type_id, asset=asset)
    reservation.period, reservation.station_id = period, asset.station_id
    try:
        _save(reservation, now=now)
    except IntegrityError as error:
        raise IllegalState(
            gettext("Asset %(asset)s has just been promised to someone else.") % {"asset": asset.code}
        ) from error
    if asset.station_id is not None and asset.state in COMING_BACK and is_sound(asset):
        short = short_places(station_id=asset.station_id, asset_type_id=asset.asset_type_id, period=period, now=now)
        _refuse_beside(asset, short.order_by("period").first())
    return reservation


def _refuse_beside(asset: Asset, promise: Reservation | None) -> None:
    if promise is not None:
        raise IllegalState(
            gettext("Asset %(asset)s is promised to %(promise)s. Plan it at another time.")
            % {"asset": asset.code, "promise": promised_to(promise)}
        )


def promised_to(reservation: Reservation) -> str:
    """Whom a promise was made to, in words: the booking, or the maintenance job."""
    leg = getattr(reservation, "leg", None) or getattr(getattr(reservation, "replacement", None), "leg", None)
    if leg is not None:
        return gettext("booking %(booking)s") % {"booking": leg.booking_id}
    job = getattr(reservation, "maintenance_job", None)
    if job is not None:
        return gettext("maintenance job %(number)s") % {"number": job.pk}
    return gettext("reservation %(number)s") % {"number": reservation.pk}


def note_parked(*, asset_type_id: int, since: datetime, expires_at: datetime) -> Reservation:
    """The place that a parked car of somebody's has taken up `since` then: there, so not to be promised any more."""
    return Reservation.objects.create(
        asset_type_id=asset_type_id, period=DateTimeTZRange(since, None, "[)"), expires_at=expires_at
    )


def give_asset(reservation: Reservation, asset: Asset, *, now: datetime) -> None:
    """Promise this locked asset, and so its type, instead of the place or the asset it was. Raises `AssetTaken`."""
    if not may_be_promised(asset):
        raise AssetTaken(gettext("The asset is no longer available."))
    reservation.asset, reservation.station_id = asset, asset.station_id
    reservation.asset_type_id = asset.asset_type_id
    _write(reservation, now=now)


def move(reservation: Reservation, *, start: datetime, end: datetime | None, now: datetime) -> None:
    """Promise the same for another period. Raises `AssetTaken` where that meets another promise."""
    reservation.period = DateTimeTZRange(start, end, "[)")
    _write(reservation, now=now)
    move_all(reservation)


def _write(reservation: Reservation, *, now: datetime) -> Reservation:
    try:
        _save(reservation, now=now)
    except IntegrityError as error:
        raise AssetTaken(gettext("The asset has been promised to someone else.")) from error
    if reservation.station_id is not None:
        check_pool(
            station_id=reservation.station_id,
            asset_type_id=reservation.asset_type_id,
            period=reservation.period,
            now=now,
        )
    return reservation


def _save(reservation: Reservation, *, now: datetime) -> None:
    _end_what_ran_out(reservation, now)
    with transaction.atomic():
        reservation.save()


def _end_what_ran_out(reservation: Reservation, now: datetime) -> None:
    concerned = Q(asset=reservation.asset_id) if reservation.asset_id is not None else Q(pk=None)
    if reservation.station_id is not None:
        concerned |= Q(asset=None, station=reservation.station_id, asset_type=reservation.asset_type_id)
    Reservation.objects.filter(concerned, released_at=None, expires_at__lte=now).update(released_at=now)


def keep(reservation: Reservation, *, until: datetime | None) -> None:
    """Keep a hold until another moment, or for good (None). Raises `AssetTaken` where it has been ended already."""
    kept = Reservation.objects.filter(pk=reservation.pk, released_at=None).update(expires_at=until)
    if not kept:
        raise AssetTaken(gettext("What was held has been given to someone else."))
    reservation.expires_at = until


def release(reservation: Reservation, *, now: datetime) -> None:
    """Take the promise back. Releasing twice changes nothing."""
    if reservation.released_at is None:
        reservation.released_at = now
        reservation.save(update_fields=["released_at"])
