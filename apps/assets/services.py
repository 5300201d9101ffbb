"""What happens to an asset: out of service and back, given back after a trip, following its reservations."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.locks.models import LockState
from apps.assets.maintenance.models import OPEN, JobState, MaintenanceJob
from apps.assets.models import Asset, AssetState, Reservation, new_public_id
from apps.assets.pools import given_up_without
from apps.assets.reservations import lock_assets, lock_where_it_stands, promised_to
from apps.assets.unpromised import live
from apps.clock.sweeps import sweep
from apps.history.services import CLOCK, Actor, fire, record
from apps.stations.models import Station
from apps.tomp.errors import IllegalState, NotFound

OUT_OF_SERVICE_EVENTS = (
    "start_maintenance",
    "start_charging",
    "start_relocation",
    "report_missing",
    "retire",
)
SERVICE_EVENTS = (*OUT_OF_SERVICE_EVENTS, "return_to_service")


@dataclass(frozen=True)
class Whereabouts:
    """Where an asset is: degrees WGS84, and the station where it stands at one. Seen there `at`, or now."""

    latitude: float
    longitude: float
    station: Station | None
    at: datetime | None = None


def change_service_state(*, asset_id: int, event: str, actor: Actor, reason: str) -> Asset:
    """Fire one of `SERVICE_EVENTS` on an asset.

    Raises `NotFound`, and `IllegalState` where the state does not allow the event, a live reservation binds the asset
    (what becomes of that booking is to be decided first), or a maintenance job is in the way: one that runs keeps an
    asset from returning to service, one that is not over keeps it from being retired. Source: STATES, "Asset".
    """
    if event not in SERVICE_EVENTS:
        raise ValueError(f"{event} is no event of an asset's service.")
    with transaction.atomic():
        asset = lock_where_it_stands(asset_id)
        if event in OUT_OF_SERVICE_EVENTS:
            _refuse_when_promised(asset)
        _refuse_before_jobs_are_over(asset, event)
        fire(asset, event, actor=actor, reason=reason)
        follow(asset, actor=actor, now=timezone.now())
        return asset


@transaction.atomic
def note_lock_works(*, asset_id: int, actor: Actor, reason: str) -> Asset:
    """Staff have mended a jammed lock: what it does is unknown until it is told something, and no longer in the way.

    Raises `NotFound`, and `IllegalState` where the lock is not known to be jammed.
    """
    asset = lock_assets([asset_id]).get(asset_id)
    if asset is None:
        raise NotFound(gettext("There is no such asset."))
    if asset.lock_state != LockState.JAMMED:
        raise IllegalState(gettext("The lock of this asset is not known to be jammed."))
    asset.lock_state = LockState.UNKNOWN
    asset.save(update_fields=["lock_state"])
    record(asset, "note_lock_works", actor=actor, reason=reason)
    return asset


def _refuse_when_promised(asset: Asset) -> None:
    """Raise where a live reservation binds the asset, or a place at its station that only it can be given to.

    What a maintenance job holds is no hindrance: the asset is promised to nobody then, in service or out of it. End a
    hold that ran out and was not yet swept away.
    """
    now = timezone.now()
    promises = list(Reservation.objects.filter(live(now), asset=asset, maintenance_job=None).order_by("period"))
    promises += given_up_without(asset, now=now)
    if promises:
        raise IllegalState(
            gettext("Asset %(asset)s is promised to %(promise)s. Decide first what becomes of that.")
            % {"asset": asset.code, "promise": promised_to(promises[0])}
        )
    if asset.state == AssetState.RESERVED:
        fire(asset, "free", actor=CLOCK, reason="nobody is promised it any more")


def jobs_in_the_way(event: str) -> QuerySet[MaintenanceJob]:
    """The maintenance jobs that keep their asset from an event of its service: finished or cancelled they are first."""
    states = {"return_to_service": [JobState.RUNNING], "retire": OPEN}.get(event, [])
    return MaintenanceJob.objects.filter(state__in=states).order_by("pk")


def _refuse_before_jobs_are_over(asset: Asset, event: str) -> None:
    job = jobs_in_the_way(event).filter(asset=asset).first()
    if job is not None:
        state = gettext(str(JobState(job.state).label))
        raise IllegalState(
            gettext("Maintenance job %(number)s (%(what)s) is %(state)s: finish or cancel it first.")
            % {"number": job.pk, "what": job.what, "state": state}
        )


def free(asset: Asset, *, actor: Actor, reason: str, now: datetime) -> None:
    """Let a locked, RESERVED asset be hired again, unless a reservation that has begun still binds it."""
    if asset.state == AssetState.RESERVED and not _bound(asset, now).exists():
        fire(asset, "free", actor=actor, reason=reason)


def give_back(asset: Asset, *, actor: Actor, reason: str, now: datetime, place: Whereabouts | None = None) -> None:
    """A trip with a locked asset has ended: it is free at its new place, under a new public id.

    Where the next reservation has begun already, it is RESERVED at once.
    """
    asset.public_id = new_public_id()
    changed: tuple[str, ...] = ("public_id",)
    if place is not None:
        asset.latitude, asset.longitude, asset.station = place.latitude, place.longitude, place.station
        asset.position_at = place.at or now
        changed += ("latitude", "longitude", "station", "position_at")
    fire(asset, "give_back", actor=actor, reason=reason, save=changed)
    if _bound(asset, now).exists():
        fire(asset, "reserve", actor=actor, reason="next reservation")


def _bound(asset: Asset | OuterRef, now: datetime) -> QuerySet[Reservation]:
    """Live reservations of an asset whose period has begun."""
    return Reservation.objects.filter(live(now), asset=asset, period__contains=now)


def follow_reservations(*, limit: int = 500) -> int:
    """Let states follow the clock: RESERVED when a reservation's period begins, free when nothing binds it any more.

    Returns how many changed. One transaction each; whether an asset can be hired never depends on this.
    """
    now = timezone.now()
    begun = Exists(_bound(OuterRef("pk"), now))
    due = Asset.objects.filter(Q(begun, state=AssetState.AVAILABLE) | Q(~begun, state=AssetState.RESERVED))
    return sum(sweep("follow reservations", due, _follow, limit=limit))


@transaction.atomic
def _follow(asset_id: int) -> bool:
    asset = lock_assets([asset_id])[asset_id]
    before = asset.state
    follow(asset, actor=CLOCK, now=timezone.now())
    return asset.state != before


def follow(asset: Asset, *, actor: Actor, now: datetime) -> None:
    """Let the state of a locked asset follow the reservation that binds it at this moment, if any does."""
    if asset.state == AssetState.AVAILABLE and _bound(asset, now).exists():
        fire(asset, "reserve", actor=actor, reason="its reservation begins")
    else:
        free(asset, actor=actor, reason="nothing binds it any more", now=now)
