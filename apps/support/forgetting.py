"""Forgetting what support requests tell of a traveller; that there was one, and what became of it, stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.assets.damages.models import Damage
from apps.clock.sweeps import in_batches
from apps.support.models import CLOSED, SupportRequest, SupportStatus

FORGOTTEN = "Reported by a traveller."


def texts_due(now: datetime) -> QuerySet[SupportRequest]:
    """Requests that are closed, and came longer ago than `SUPPORT_DAYS`, with what was said."""
    return _told_before(now - timedelta(days=settings.SUPPORT_DAYS)).filter(state__in=CLOSED)


def open_texts_due(now: datetime) -> QuerySet[SupportRequest]:
    """Requests that nobody has closed and in which nobody spoke for `TRAVELLER_DAYS`, with what was said."""
    silent_since = now - timedelta(days=settings.TRAVELLER_DAYS)
    spoken = SupportStatus.objects.filter(request=OuterRef("pk"), at__gte=silent_since)
    return _told_before(silent_since).exclude(state__in=CLOSED).exclude(Exists(spoken))


def _told_before(moment: datetime) -> QuerySet[SupportRequest]:
    return SupportRequest.objects.filter(forgotten_at=None, received_at__lt=moment).order_by("received_at")


def forget_texts(*, now: datetime) -> int:
    """Forget what was said in closed requests of long ago, a batch at a time; returns how many requests."""
    return in_batches("forget support requests", texts_due(now), lambda batch: forget_requests(batch, now=now))


def forget_open_texts(*, now: datetime) -> int:
    """Forget what was said in requests of long ago that are open; they stay so. Returns how many, as `forget_texts`."""
    return in_batches("forget open requests", open_texts_due(now), lambda batch: forget_requests(batch, now=now))


@transaction.atomic(savepoint=False)
def forget_requests(requests: QuerySet[SupportRequest], *, now: datetime) -> None:
    """Empty what is personal in these requests, in what was said and in the damages reported. Three statements."""
    SupportStatus.objects.filter(request__in=requests.values("pk")).exclude(comment="").update(comment="")
    reported = Damage.objects.filter(pk__in=requests.exclude(damage=None).values("damage"))
    reported.update(description=FORGOTTEN, component_name="", pictures=[])
    requests.update(contact="", location=None, asset_named="", urls=[], forgotten_at=now)
