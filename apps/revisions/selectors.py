"""How often, and when last, something changed: what an answer's entity tag and `Last-Modified` are made of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, Min, Q, Sum
from django.db.models.functions import JSONObject

from apps.revisions.models import Revision, Subject


@dataclass(frozen=True)
class Stamp:
    """`times` goes up with every change; `at` is when the last one was, None where none was noted yet.

    `next_at` is when something will change by itself, where that is planned.
    """

    times: int = 0
    at: datetime | None = None
    next_at: datetime | None = None


UNSTAMPED = Stamp()


def stamp_column(subjects: Collection[Subject], now: datetime) -> ArraySubquery:
    """The stamp of `subjects` at `now` as a column of a statement that reads something else, for `read_stamp`.

    What was planned counts once its time has come.
    """
    come = Q(planned=False) | Q(at__lte=now)
    sums = (
        Revision.objects.filter(subject__in=subjects)
        .order_by()
        .values("subject")
        .annotate(
            json=JSONObject(times=Sum("times", filter=come), at=Max("at", filter=come), next_at=Min("at", filter=~come))
        )
    )
    return ArraySubquery(sums.values("json"))


def read_stamp(column: Iterable[Mapping[str, Any]] | None) -> Stamp:
    """The stamp of all subjects together, from what `stamp_column` gave (None for no subject)."""
    rows = list(column or ())
    at, next_at = ([datetime.fromisoformat(row[name]) for row in rows if row[name]] for name in ("at", "next_at"))
    return Stamp(sum(row["times"] or 0 for row in rows), max(at, default=None), min(next_at, default=None))
