"""Asking for bulk changes: drafts, whose consequences are shown, and how one begins and is stopped.

How a change that has begun is worked is in `apps.fleet.working`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from kombu.exceptions import OperationalError

from apps.assets.label_layouts import Layout
from apps.clock.sweeps import in_batches
from apps.fleet.models import BulkAction, BulkChange, BulkChangeAsset, BulkState, Outcome
from apps.history.services import Actor
from apps.tomp.errors import IllegalState, Invalid, Missing, NotFound
from tomp_backoffice.celery import app

MOST_ASSETS = 10_000
DRAFTS_KEPT = timedelta(days=1)
BATCH = 2_000

log = structlog.get_logger(__name__)


@transaction.atomic
def draft(*, action: BulkAction, asset_ids: Collection[int], asked_by: str) -> BulkChange:
    """Note which assets somebody means to change, and change nothing.

    Raises `Invalid` where there are none, or more than `MOST_ASSETS`.
    """
    chosen = sorted(set(asset_ids))
    if not chosen or len(chosen) > MOST_ASSETS:
        raise Invalid(gettext("Between 1 and %(most)s assets are changed at once.") % {"most": MOST_ASSETS})
    change = BulkChange.objects.create(action=action, total=len(chosen), asked_by=asked_by)
    rows = (BulkChangeAsset(change=change, asset_id=asset_id) for asset_id in chosen)
    BulkChangeAsset.objects.bulk_create(rows, batch_size=BATCH)
    return change


@transaction.atomic
def note_shown(*, change_id: int, bookings: Collection[UUID]) -> BulkChange:
    """Keep with a draft which bookings are shown to who asked for it; `shown` counts on where they are others.

    Raises `NotFound`, and `IllegalState` where the change has begun.
    """
    change = BulkChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise NotFound(gettext("There is no such bulk change."))
    if change.state != BulkState.DRAFT:
        raise IllegalState(gettext("The bulk change has begun already."))
    if change.seen != list(bookings):
        change.seen, change.shown = list(bookings), change.shown + 1
        change.save(update_fields=["seen", "shown"])
    return change


@transaction.atomic
def begin(
    *,
    change_id: int,
    asked_by: str,
    reason: str = "",
    cancelling: bool = False,
    shown: int = 0,
    layout: Layout | None = None,
    make_codes: bool = False,
) -> BulkChange:
    """Have a draft done. `cancelling` cancels the bookings that were shown, and no others; `shown` tells which.

    Raises `NotFound` for another's draft, `IllegalState` where it has begun, or bookings are to be cancelled and others
    were shown since, and `Missing` where labels are to be printed on nothing, or the rest is to be done without a
    reason.
    """
    change = BulkChange.objects.select_for_update().filter(pk=change_id, asked_by=asked_by).first()
    if change is None:
        raise NotFound(gettext("There is no such bulk change."))
    if change.state != BulkState.DRAFT:
        raise IllegalState(gettext("The bulk change has begun already."))
    if change.action == BulkAction.LABELS and layout is None:
        raise Missing(gettext("layout is missing: say what the labels are printed on."))
    if change.action != BulkAction.LABELS and not reason:
        raise Missing(gettext("reason is missing: assets are not changed without one."))
    change.state, change.asked_at, change.reason = BulkState.RUNNING, timezone.now(), reason
    if cancelling and change.shown != shown:
        raise IllegalState(gettext("Meanwhile other bookings were shown: look again before going on."))
    change.cancelling, change.seen = cancelling, change.seen if cancelling else []
    change.layout, change.make_codes = layout or "", make_codes
    change.save(update_fields=["state", "asked_at", "reason", "cancelling", "seen", "layout", "make_codes"])
    transaction.on_commit(_begin_soon)
    return change


@transaction.atomic
def stop(*, change_id: int, actor: Actor) -> BulkChange:
    """Leave the assets as they are whose turn has not come; what has been done stays. Who stopped it is kept.

    Raises `NotFound`, and `IllegalState` where the change is not under way.
    """
    change = BulkChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise NotFound(gettext("There is no such bulk change."))
    if change.state != BulkState.RUNNING:
        raise IllegalState(gettext("The bulk change is not under way."))
    now = timezone.now()
    change.assets.filter(outcome=Outcome.WAITING).update(outcome=Outcome.STOPPED, settled_at=now)
    change.state, change.ended_at, change.stopped_by = BulkState.STOPPED, now, actor.name
    change.save(update_fields=["state", "ended_at", "stopped_by"])
    return change


def drafts_due(now: datetime) -> QuerySet[BulkChange]:
    """Bulk changes that nobody began in a day."""
    return BulkChange.objects.filter(state=BulkState.DRAFT, asked_at__lt=now - DRAFTS_KEPT)


def purge_drafts(*, now: datetime) -> int:
    """Forget them, a batch at a time; returns how many."""
    return in_batches("purge drafts of bulk changes", drafts_due(now), QuerySet.delete)


def changes_due(now: datetime) -> QuerySet[BulkChange]:
    """Bulk changes that ended long ago."""
    return BulkChange.objects.filter(ended_at__lt=now - timedelta(days=settings.BULK_CHANGE_DAYS))


def purge_changes(*, now: datetime) -> int:
    """Forget them with what became of each asset, a batch at a time; returns how many."""
    return in_batches("purge bulk changes", changes_due(now), QuerySet.delete)


def _begin_soon() -> None:
    """Ask a worker to look now. A broker that is down costs the nudge only."""
    try:
        app.send_task("apps.fleet.tasks.run_due", expires=settings.NUDGE_EXPIRES)
    except (OperationalError, OSError) as error:
        log.warning("no nudge sent; the sweep will begin", error=str(error))
