"""What the journal costs where it is short and where it is long: its pages, its invoice, and the files of that."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.backoffice.benchmark.calls import PAGE, Mp, counted
from apps.payments.invoice_document import pdf
from apps.payments.invoicing import close_invoices
from apps.payments.models import JournalEntry
from apps.payments.tables import csv_lines
from apps.providers.models import Provider

# Below this, peaks of memory are taken for equal: some batches of entries.
NOTICEABLE = 5_000_000
# How often what changes nothing is done; the least counts.
TIMES = 3


@dataclass(frozen=True)
class Taken:
    """What something took: SQL statements, milliseconds, and the most memory at once in bytes."""

    statements: int
    milliseconds: float
    peak: int


def measure(*, maas_id: str, key: str) -> tuple[int, dict[str, Taken]]:
    """How many entries the MP's journal has, and what each thing done with them takes. It is invoiced by that."""
    provider = Provider.objects.get(maas_id=maas_id)
    entries = JournalEntry.objects.filter(provider=provider).count()
    mp = Mp(maas_id=maas_id, key=key)
    read: dict[str, Callable[[], Any]] = {
        "first page": lambda: _page(mp, 0),
        "page in the middle": lambda: _page(mp, entries // 2),
        "last page": lambda: _page(mp, max(entries - PAGE, 0)),
        "last page of fares": lambda: _page(mp, max(entries - PAGE, 0), "&category=FARE&state=TO_INVOICE"),
    }
    invoiced: dict[str, Callable[[], Any]] = {
        "closing the invoice": lambda: close_invoices(provider=provider, until=timezone.now()),
        "invoice as PDF": lambda: pdf(provider.invoices.get()),
        "invoice as CSV": lambda: sum(1 for _ in csv_lines(provider.invoices.get())),
    }
    _page(mp, 0)  # what this process loads once
    taken = {name: min((_taken(step) for _ in range(TIMES)), key=_cost) for name, step in read.items()}
    return entries, taken | {name: _taken(step) for name, step in invoiced.items()}


def _page(mp: Mp, offset: int, more: str = "") -> None:
    mp.call("journal", "GET", f"/payment/journal-entry?limit={PAGE}&offset={offset}{more}")


def _taken(step: Callable[[], Any]) -> Taken:
    """Watching memory slows Python down, so that times are longer than they are otherwise."""
    tracemalloc.start()
    try:
        with counted() as statements:
            start = time.perf_counter()
            step()
            milliseconds = (time.perf_counter() - start) * 1000
        return Taken(statements(), milliseconds, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def _cost(taken: Taken) -> tuple[int, float]:
    return taken.statements, taken.milliseconds


def is_flat(short: Taken, long: Taken) -> bool:
    """As many statements, and no more memory? Time is told, and not judged: something is done with every entry."""
    return long.statements == short.statements and long.peak <= short.peak + NOTICEABLE


def table(short: tuple[int, dict[str, Taken]], long: tuple[int, dict[str, Taken]]) -> list[str]:
    """The figures as lines, those of the short journal before those of the long one."""
    heads = f"{f'{short[0]:,} entries':>24}{f'{long[0]:,} entries':>24}"
    lines = [f"{'':20}{'statements':>12}{heads}   (ms, MB)"]
    for name, one in short[1].items():
        other = long[1][name]
        statements = "/".join(str(number) for number in sorted({one.statements, other.statements}))
        figures = "".join(f"{taken.milliseconds:>16.1f}{taken.peak / 1_000_000:>8.2f}" for taken in (one, other))
        lines.append(f"{name:20}{statements:>12}{figures}{'' if is_flat(one, other) else '   NOT FLAT'}")
    return lines
