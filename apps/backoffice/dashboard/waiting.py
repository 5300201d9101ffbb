"""Reading what waits, of all blocks that somebody may see, in one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import CharField, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext

from apps.backoffice.dashboard.blocks import BLOCKS, Block, Clock
from apps.backoffice.model_words import in_words
from apps.backoffice.words import NOTHING

COUNTED = 99
SHOWN = 4
A_MINUTE = timedelta(minutes=1)
NO_MOMENT = Cast(Value(None), DateTimeField())


@dataclass(frozen=True)
class Row:
    """One thing that waits: where it leads, what it is called, and how its time stands."""

    address: str
    label: str
    time: str
    urgent: bool


@dataclass(frozen=True)
class Waiting:
    """A block with how much waits (up to `COUNTED`), and the most urgent rows."""

    block: Block
    address: str
    number: int
    urgent: bool
    rows: list[Row]

    @property
    def number_shown(self) -> str:
        """As it is counted."""
        return str(self.number) if self.number <= COUNTED else f"{COUNTED}+"


def waiting(request: HttpRequest, *, now: datetime) -> list[Waiting]:
    """The blocks of which this user may see the list, in their order. One statement, of at most 100 rows a block."""
    blocks = [block for block in BLOCKS if admin.site.get_model_admin(block.model).has_view_permission(request)]
    found: dict[str, list[Any]] = {str(block.title): [] for block in blocks}
    if blocks:
        first, *others = [_most_urgent(block, now) for block in blocks]
        for title, *row in first.union(*others, all=True) if others else first:
            found[title].append(row)
    return [_waiting(block, found[str(block.title)], now) for block in blocks]


def _most_urgent(block: Block, now: datetime) -> QuerySet[Any, Any]:
    """One more than is counted of the block's rows, each with the block's title, its key, name and moment."""
    return (
        block.rows(now)
        .order_by(block.moment or block.label)
        .values_list(
            Value(str(block.title), output_field=TextField()),
            Cast("pk", CharField()),
            Cast(F(block.label), TextField()),
            Cast(F(block.moment), DateTimeField()) if block.moment else NO_MOMENT,
        )[: COUNTED + 1]
    )


def _waiting(block: Block, found: list[Any], now: datetime) -> Waiting:
    meta = block.model._meta
    name = f"admin:{meta.app_label}_{meta.model_name}"
    rows = [
        Row(
            address=reverse(f"{name}_change", args=[key]),
            label=_label(block, text),
            time=_time(block, moment, now),
            urgent=_is_urgent(block, moment, now),
        )
        for key, text, moment in sorted(found, key=lambda row: (row[2] or now, row[1] or ""))
    ]
    return Waiting(
        block=block,
        address=f"{reverse(f'{name}_changelist')}?{block.query}",
        number=len(rows),
        urgent=any(row.urgent for row in rows),
        rows=rows[:SHOWN],
    )


def _label(block: Block, text: str | None) -> str:
    if block.words is not None and text in block.words.values:
        return in_words(block.words(text)).capitalize()
    return text or NOTHING


def _is_urgent(block: Block, moment: datetime | None, now: datetime) -> bool:
    return moment is not None and block.clock != Clock.SINCE and moment <= now + block.urgent_within


def _time(block: Block, moment: datetime | None, now: datetime) -> str:
    """Such as “4 minutes left”, “in 2 hours”, “1 hour late” or “3 days ago”."""
    if moment is None:
        return ""
    if abs(moment - now) < A_MINUTE:
        return {
            Clock.SINCE: gettext("just now"),
            Clock.DUE: gettext("now"),
            Clock.ENDS: gettext("less than a minute left"),
        }[block.clock]
    if block.clock == Clock.SINCE:
        return gettext("%(time)s ago") % {"time": timesince(moment, now, depth=1)}
    if moment <= now:
        return gettext("%(time)s late") % {"time": timesince(moment, now, depth=1)}
    ahead = timesince(now, moment, depth=1)
    return (
        gettext("%(time)s left") % {"time": ahead}
        if block.clock == Clock.ENDS
        else gettext("in %(time)s") % {"time": ahead}
    )
