"""Maintenance jobs: planned, planned otherwise, started, done or cancelled.

A planned job that blocks hire holds its asset as a booking does, so the database refuses whoever is promised it
besides. Nothing starts by the clock: a job that nobody starts gives the asset back to hire when its period is over, and
waits among what is overdue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.assets.damages.models import Damage
from apps.assets.damages.services import mark_repaired
from apps.assets.maintenance.models import JobState, MaintenanceJob
from apps.assets.models import Asset, AssetState
from apps.assets.reservations import hold_for_maintenance, lock_where_it_stands, release
from apps.assets.services import change_service_state, follow, free
from apps.clock.bounds import OUT_OF_BOUNDS, can_be_told
from apps.history.services import Actor, fire, record
from apps.tomp.errors import IllegalState, Invalid, NotFound

# A plan further ahead is a slip of the keyboard more often than a plan, and one that blocks hire would keep it all.
LONGEST_AHEAD = timedelta(days=2 * 365)
TOO_FAR_AHEAD = gettext_noop("A job begins and ends within two years from now.")


@dataclass(frozen=True)
class Plan:
    """What is to be done to an asset, from when until when (open without an end), and whether it blocks hire then."""

    what: str
    start: datetime
    end: datetime | None = None
    blocks_hire: bool = False
    damage_id: int | None = None
    notes: str = ""


@transaction.atomic
def plan(*, asset_id: int, wanted: Plan, actor: Actor) -> MaintenanceJob:
    """Plan a job. Raises `NotFound`, `Invalid` for a plan that cannot be, and `IllegalState`.

    The latter where the asset is retired, or where the job blocks hire and the asset, or the last place at its station,
    has been promised for that time: the error says to which booking.
    """
    asset, now = lock_where_it_stands(asset_id), timezone.now()
    if asset.state == AssetState.RETIRED:
        raise IllegalState(_("Asset %(asset)s is retired.") % {"asset": asset.code})
    job = MaintenanceJob(asset=asset, planned_at=now, planned_by=str(actor))
    _lay_down(job, asset, wanted, now)
    job.save()
    record(job, "plan", actor=actor)
    follow(asset, actor=actor, now=now)
    return job


@transaction.atomic
def change_plan(*, job_id: int, wanted: Plan, actor: Actor) -> MaintenanceJob:
    """Plan a job otherwise. Raises what `plan` does, and `IllegalState` once it has been started or is over."""
    job, asset = _locked(job_id)
    now = timezone.now()
    if job.state != JobState.PLANNED:
        raise IllegalState(_("The job is %(state)s: its plan is no longer changed.") % {"state": _words(job)})
    _lay_down(job, asset, wanted, now)
    job.save(update_fields=["what", "damage", "planned_from", "planned_until", "blocks_hire", "notes", "reservation"])
    record(job, "change_plan", actor=actor)
    follow(asset, actor=actor, now=now)
    return job


@transaction.atomic
def start(*, job_id: int, actor: Actor, reason: str) -> MaintenanceJob:
    """Take the asset into the workshop, and out of service. Raises `NotFound` and `IllegalState`.

    The latter where the job does not wait to be started, the asset is out on a ride, or promised to somebody: what
    becomes of that is decided first (`fleet.withdrawing.start_job`).
    """
    job, asset = _locked(job_id)
    now = timezone.now()
    if asset.state == AssetState.IN_USE:
        raise IllegalState(
            _("Asset %(asset)s is out on a ride: the job can start once it is back.") % {"asset": asset.code}
        )
    job.started_at, job.started_by = now, str(actor)
    _let_go(job, now)
    fire(job, "start", actor=actor, reason=reason, save=("started_at", "started_by"))
    free(asset, actor=actor, reason=_in_words(job), now=now)
    if asset.state != AssetState.MAINTENANCE:
        change_service_state(asset_id=asset.pk, event="start_maintenance", actor=actor, reason=reason)
    return job


@transaction.atomic
def finish(*, job_id: int, actor: Actor, notes: str = "") -> MaintenanceJob:
    """It is done: the damage it repairs is repaired, and the asset returns to service where it stands.

    The asset stays out of service where another job runs, or where staff have put it to another use meanwhile.
    `notes`, where given, replace those of the job. Raises `NotFound`, and `IllegalState` where the job does not run.
    """
    job, asset = _locked(job_id)
    job.notes = notes or job.notes
    _end(job, "finish", actor=actor, reason=notes)
    if job.damage_id is not None and Damage.objects.filter(pk=job.damage_id, repaired_at=None).exists():
        mark_repaired(damage_id=job.damage_id, actor=actor)
    _return_to_service(job, asset, actor)
    return job


@transaction.atomic
def cancel(*, job_id: int, actor: Actor, reason: str) -> MaintenanceJob:
    """It is not going to be done, and no longer keeps the asset from hire. Raises `NotFound` and `IllegalState`."""
    job, asset = _locked(job_id)
    ran = job.state == JobState.RUNNING
    _let_go(job, timezone.now())
    _end(job, "cancel", actor=actor, reason=reason)
    if ran:
        _return_to_service(job, asset, actor)
    else:
        follow(asset, actor=actor, now=timezone.now())
    return job


def _locked(job_id: int) -> tuple[MaintenanceJob, Asset]:
    asset_id = MaintenanceJob.objects.filter(pk=job_id).values_list("asset", flat=True).first()
    if asset_id is None:
        raise NotFound(_("There is no such maintenance job."))
    asset = lock_where_it_stands(asset_id)
    job = MaintenanceJob.objects.select_for_update(of=("self",)).select_related("reservation").get(pk=job_id)
    return job, asset


def _lay_down(job: MaintenanceJob, asset: Asset, wanted: Plan, now: datetime) -> None:
    """Write a plan into a job, unsaved, and hold its asset where it blocks hire."""
    _check(wanted, asset, now)
    job.what, job.notes, job.damage_id = wanted.what, wanted.notes, wanted.damage_id
    job.planned_from, job.planned_until, job.blocks_hire = wanted.start, wanted.end, wanted.blocks_hire
    if wanted.blocks_hire:
        job.reservation = hold_for_maintenance(
            asset=asset, start=wanted.start, end=wanted.end, now=now, held=job.reservation
        )
    else:
        _let_go(job, now)
        job.reservation = None


def _check(wanted: Plan, asset: Asset, now: datetime) -> None:
    if not all(can_be_told(moment) for moment in (wanted.start, wanted.end or now)):
        raise Invalid(_(OUT_OF_BOUNDS))
    if wanted.end is not None and wanted.end <= max(wanted.start, now):
        raise Invalid(_("The job has to end after it begins, and not in the past."))
    if max(wanted.start, wanted.end or wanted.start) > now + LONGEST_AHEAD:
        raise Invalid(_(TOO_FAR_AHEAD))
    if wanted.damage_id is not None and not asset.damages.filter(pk=wanted.damage_id, repaired_at=None).exists():
        raise Invalid(_("The damage is of another asset, or repaired already."))


def _let_go(job: MaintenanceJob, now: datetime) -> None:
    if job.reservation is not None:
        release(job.reservation, now=now)


def _end(job: MaintenanceJob, event: str, *, actor: Actor, reason: str) -> None:
    job.ended_at, job.ended_by = timezone.now(), str(actor)
    fire(job, event, actor=actor, reason=reason, save=("ended_at", "ended_by", "notes"))


def _return_to_service(job: MaintenanceJob, asset: Asset, actor: Actor) -> None:
    others = MaintenanceJob.objects.filter(asset=asset, state=JobState.RUNNING)
    if asset.state == AssetState.MAINTENANCE and not others.exists():
        change_service_state(asset_id=asset.pk, event="return_to_service", actor=actor, reason=_in_words(job))


def _in_words(job: MaintenanceJob) -> str:
    return f"maintenance job {job.pk}: {job.what}"


def _words(job: MaintenanceJob) -> str:
    return _(str(JobState(job.state).label))
