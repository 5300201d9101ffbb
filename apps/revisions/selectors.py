"""How often, and when last, something changed: what an answer's entity tag and `Last-Modified` are made of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, Q, Sum
from django.db.models.functions import JSONObject

from apps.revisions.models import Revision, Subject


@dataclass(frozen=True)
class Stamp:
    """`times` goes up with every change; `at` is when the last one was, None where none was noted yet."""

    times: int = 0
    at: datetime | None = None


UNSTAMPED = Stamp()


def stamp_column(subjects: Collection[Subject], now: datetime) -> ArraySubquery:
    """The stamp of `subjects` at `now` as a column of a statement that reads something else, for `read_stamp`.

    What was planned counts once its time has come.
    """
    noted = Revision.objects.filter(Q(planned=False) | Q(at__lte=now), subject__in=subjects)
    sums = noted.order_by().values("subject").annotate(json=JSONObject(times=Sum("times"), at=Max("at")))
    return ArraySubquery(sums.values("json"))


def read_stamp(column: Iterable[Mapping[str, Any]]) -> Stamp:
    """The stamp of all subjects together, from what `stamp_column` gave."""
    rows = list(column)
    if not rows:
        return UNSTAMPED
    return Stamp(sum(row["times"] for row in rows), max(datetime.fromisoformat(row["at"]) for row in rows))
