"""Forgetting what support requests tell of a traveller; that there was one, and what became of it, stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from apps.assets.damages.models import Damage
from apps.clock.sweeps import in_batches
from apps.support.models import CLOSED, SupportRequest, SupportStatus

FORGOTTEN = "Reported by a traveller."


def texts_due(now: datetime) -> QuerySet[SupportRequest]:
    """Requests that are closed, and came longer ago than `SUPPORT_DAYS`, with what was said."""
    old = now - timedelta(days=settings.SUPPORT_DAYS)
    closed = SupportRequest.objects.filter(forgotten_at=None, state__in=CLOSED)
    return closed.filter(received_at__lt=old).order_by("received_at")


def forget_texts(*, now: datetime) -> int:
    """Forget what was said in requests of long ago, a batch at a time; returns how many requests."""
    return in_batches("forget support requests", texts_due(now), lambda batch: forget_requests(batch, now=now))


@transaction.atomic(savepoint=False)
def forget_requests(requests: QuerySet[SupportRequest], *, now: datetime) -> None:
    """Empty what is personal in these requests, in what was said and in the damages reported. Three statements."""
    SupportStatus.objects.filter(request__in=requests.values("pk")).exclude(comment="").update(comment="")
    reported = Damage.objects.filter(pk__in=requests.exclude(damage=None).values("damage"))
    reported.update(description=FORGOTTEN, component_name="", pictures=[])
    requests.update(contact="", location=None, asset_named="", urls=[], forgotten_at=now)
