"""A list as CSV: all of its rows, in the order and the columns in which they are shown, however many they are.

The keys are read once, in their order, by a cursor of the server that keeps no transaction open; the rows then in
batches, each in the same few statements. So neither we nor PostgreSQL hold a long list in memory, and a slow reader
holds up nobody. A row that leaves the list meanwhile is left out.
"""

import csv
import io
from collections.abc import Iterator
from datetime import tzinfo
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.contrib.admin.views.main import ChangeList
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext

from apps.backoffice.lists.cells import cell, heading
from apps.backoffice.spreadsheets import never_a_formula

BATCH = 1_000  # rows
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8

log = structlog.get_logger(__name__)


def download(changelist: ChangeList) -> StreamingHttpResponse:
    """The answer with what `changelist` lists, in the present language and time zone.

    Where something goes wrong on the way, the last row says that the list is not whole, and the log why.
    """
    columns = [column for column in changelist.list_display if column != "action_checkbox"]
    headings = [heading(changelist.model_admin, column) for column in columns]
    # The answer is read after the request's middleware has let go of zone and language.
    here = timezone.get_current_timezone(), translation.get_language() or settings.LANGUAGE_CODE
    answer = StreamingHttpResponse(_lines(changelist, columns, headings, *here), content_type="text/csv; charset=utf-8")
    name = f"{changelist.opts.model_name}-{timezone.localdate().isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Accel-Buffering"] = "no"  # a proxy passes on what there is
    return answer


def _lines(
    changelist: ChangeList, columns: list[Any], headings: list[str], zone: tzinfo, language: str
) -> Iterator[str]:
    """The file, batch by batch."""
    yield BYTE_ORDER_MARK + _csv([headings])
    batches, written = _batches(changelist, columns), 0
    while True:
        with timezone.override(zone), translation.override(language):
            try:
                rows = next(batches, None)
            except Exception:
                log.exception("download broke off", list=changelist.opts.label, rows=written)
                said = gettext("This list is not whole: something went wrong after %(rows)s rows. Download it again.")
                rows, batches = [[said % {"rows": written}]], iter(())
        if rows is None:
            return
        yield _csv(rows)
        written += len(rows)


def _batches(changelist: ChangeList, columns: list[Any]) -> Iterator[list[list[str]]]:
    listed = changelist.queryset
    keys = listed.prefetch_related(None).values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(keys, BATCH)):
        found: dict[Any, Any] = listed.in_bulk(batch)
        yield [
            [cell(changelist.model_admin, column, found[key]) for column in columns] for key in batch if key in found
        ]


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([never_a_formula(one) for one in row] for row in rows)
    return text.getvalue()
