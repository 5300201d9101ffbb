"""Working bulk changes: asset by asset, each in a transaction of its own by the service that its button calls.

An asset's row and what is done to the asset are written together. So a worker that dies leaves no asset half changed
and changes none twice: the rows that still wait are found again by whoever comes next.
"""

from datetime import timedelta
from time import monotonic

import structlog
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.assets.identifying import give_qr_code
from apps.assets.label_layouts import Layout
from apps.assets.labels import labels_of, pdf, without_qr_code
from apps.assets.models import Asset, AssetState
from apps.assets.reservations import lock_where_it_stands
from apps.assets.services import OUT_OF_SERVICE_EVENTS, jobs_in_the_way
from apps.bookings.models import BookingState
from apps.clock.sweeps import sweep
from apps.fleet.consequences import states_for, why_not
from apps.fleet.models import BulkAction, BulkChange, BulkChangeAsset, BulkState, LabelSheets, Outcome, Why
from apps.fleet.withdrawing import bookings_promised, withdraw
from apps.history.auditing import staff_named
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.tomp.errors import IllegalState, ServiceUnavailable, TompError

BATCH = 100  # assets, after which the changes that have come meanwhile get their turn
WORKED_FOR = timedelta(seconds=40)  # until the next nudge; other tasks want a worker too
BOOKINGS_NAMED = 10

log = structlog.get_logger(__name__)


class Left(Exception):
    """The asset is left as it is, and why."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def run_due() -> None:
    """Work the changes that are under way, in turn, and end those that have nothing left to do."""
    ending = monotonic() + WORKED_FOR.total_seconds()
    while (left := ending - monotonic()) > 0:
        if not sweep("work bulk changes", waiting(), settle, limit=BATCH, seconds=left, in_turn="change"):
            break
    sweep("end bulk changes", worked_off(), end, limit=BATCH)


def waiting() -> QuerySet[BulkChangeAsset]:
    """The assets whose turn is still to come."""
    return BulkChangeAsset.objects.filter(outcome=Outcome.WAITING, change__state=BulkState.RUNNING)


def worked_off() -> QuerySet[BulkChange]:
    """The changes under way in which no asset waits any more."""
    still = BulkChangeAsset.objects.filter(change=OuterRef("pk"), outcome=Outcome.WAITING)
    return BulkChange.objects.filter(~Exists(still), state=BulkState.RUNNING)


def settle(row_id: int) -> bool:
    """Change one asset and write down what became of it; whether there was anything to do.

    Raises `ServiceUnavailable` and `OperationalError` where it is to be tried again: the row goes on waiting then.
    """
    change = BulkChange.objects.defer("seen").get(assets=row_id)  # which may be long, and is asked in SQL
    with staff_named(change.asked_by):
        try:
            return _settle(row_id, change)
        except Left as left:
            return _write(row_id, Outcome.SKIPPED, left.why, left.detail)
        except (ServiceUnavailable, OperationalError):
            raise
        except IllegalState as error:
            return _write(row_id, Outcome.SKIPPED, Why.REFUSED, error.detail)
        except TompError as error:
            return _write(row_id, Outcome.FAILED, Why.REFUSED, error.detail)
        except Exception:
            log.exception("asset not changed", bulk_change=change.pk, row=row_id)
            return _write(row_id, Outcome.FAILED, Why.BROKEN, "")


@transaction.atomic
def _settle(row_id: int, change: BulkChange) -> bool:
    row = BulkChangeAsset.objects.select_for_update(of=("self",)).filter(pk=row_id, outcome=Outcome.WAITING).first()
    if row is None:  # stopped meanwhile, or settled by another worker
        return False
    asset = lock_where_it_stands(row.asset_id)
    if asset.state not in states_for(BulkAction(change.action)):
        raise Left(why_not(BulkAction(change.action), AssetState(asset.state)))
    job = jobs_in_the_way(change.action).filter(asset=asset).first()
    if job is not None:
        raise Left(Why.JOB, str(job))
    why, detail = _label(asset, change) if change.action == BulkAction.LABELS else _withdraw(asset, change)
    return _write(row_id, Outcome.DONE, why, detail)


def _withdraw(asset: Asset, change: BulkChange) -> tuple[Why | None, str]:
    """Put the asset out of service or back; raise `Left` where that would cost a booking that is to be kept."""
    bookings = bookings_promised(asset.pk) if change.action in OUT_OF_SERVICE_EVENTS else []
    promised = [booking.pk for booking in bookings]
    named = ", ".join(str(booking_id) for booking_id in promised[:BOOKINGS_NAMED])
    under_way = any(booking.state == BookingState.STARTED for booking in bookings)
    if under_way or (promised and not change.cancelling):
        raise Left(Why.PROMISED, named)
    if promised and not BulkChange.objects.filter(pk=change.pk, seen__contains=promised).exists():
        raise Left(Why.NOT_SHOWN, named)
    actor = Actor(ActorKind.TO, change.asked_by)
    withdraw(asset_id=asset.pk, event=change.action, cancelling=promised, actor=actor, reason=change.reason)
    return (Why.CANCELLED if promised else None), named


def _label(asset: Asset, change: BulkChange) -> tuple[Why | None, str]:
    """See to it that the asset has a QR code, or raise `Left`."""
    if not without_qr_code(Asset.objects.filter(pk=asset.pk)).exists():
        return None, ""
    if not change.make_codes:
        raise Left(Why.NO_CODE)
    give_qr_code(asset_id=asset.pk)
    return Why.CODE_MADE, ""


def _write(row_id: int, outcome: Outcome, why: Why | None, detail: str) -> bool:
    """Settle a row that still waits; whether it did."""
    row = BulkChangeAsset.objects.filter(pk=row_id, outcome=Outcome.WAITING)
    return bool(row.update(outcome=outcome, why=why or "", detail=detail[:500], settled_at=timezone.now()))


def end(change_id: int) -> bool:
    """End a change that is worked off; of labels, with their PDF. Whether it ended now."""
    change = BulkChange.objects.get(pk=change_id)
    content = _drawn(change) if change.action == BulkAction.LABELS else None
    with transaction.atomic():
        mine = BulkChange.objects.select_for_update().filter(pk=change_id, state=BulkState.RUNNING).first()
        if mine is None:
            return False
        if content is not None:
            LabelSheets.objects.create(change=mine, content=content)
        mine.state, mine.ended_at = BulkState.DONE, timezone.now()
        mine.save(update_fields=["state", "ended_at"])
    return True


def _drawn(change: BulkChange) -> bytes | None:
    done = list(change.assets.filter(outcome=Outcome.DONE).values_list("asset", flat=True))
    return pdf(labels_of(done), Layout(change.layout)) if done else None
