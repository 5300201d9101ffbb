"""Forgetting all that has been kept long enough, and telling what that would be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db.models import Count, Min

from apps.retention.kinds import KEPT, KINDS, Kind

log = structlog.get_logger(__name__)
GOES = ("What", "Kept", "After", "Setting", "What goes", "What stays")
STAYS = ("What", "What it holds", "Why, and how long")


@dataclass(frozen=True)
class Due:
    """How many rows of a kind are due, and the moment from which the oldest is counted."""

    kind: Kind
    rows: int
    oldest: datetime | None


def due(kind: Kind, *, now: datetime) -> Due:
    """What would be forgotten of a kind. One statement; nothing changes."""
    rows = kind.due(now).order_by()
    found = rows.aggregate(oldest=Min(kind.column), rows=Count("pk"))
    return Due(kind, found["rows"], found["oldest"])


def forget_due(*, now: datetime) -> dict[str, int]:
    """Forget all that is due, kind by kind; returns how many of each.

    What fails in one kind stops no other, and is raised after them all as an `ExceptionGroup`.
    """
    forgotten, failures = {}, []
    for kind in KINDS:
        try:
            forgotten[kind.name] = kind.forget(now=now)
        except Exception as error:
            log.exception("kind not forgotten", kind=kind.name)
            failures.append(error)
    if failures:
        raise ExceptionGroup("not everything could be forgotten", failures)
    return forgotten


def as_markdown() -> list[str]:
    """The tables of docs/retention.md, with the periods that hold here: what goes, and what stays."""
    going = [
        (kind.name, _in_words(kind), kind.after, f"`{kind.setting}`" if kind.setting else "", kind.goes, kind.stays)
        for kind in KINDS
    ]
    staying = [(kept.name, kept.holds, kept.why) for kept in KEPT]
    return [_table(GOES, going), _table(STAYS, staying)]


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _in_words(kind: Kind) -> str:
    hours = round(kind.period.total_seconds() / 3600)
    if hours == 0:
        return "not at all"
    return f"{hours // 24} days" if hours > 24 else f"{hours} hours" if hours > 1 else "an hour"
