"""Pages of an answer: `offset` and `limit`, and the link to the next one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from apps.tomp.errors import Invalid, PageTooLarge

# The largest page, and the one without `limit`; published as `maxPageSize`.
MAX_PAGE_SIZE = 1000
WHOLE_NUMBER = re.compile(r"\d{1,18}", flags=re.ASCII)


@dataclass(frozen=True)
class Page:
    """`limit` rows from row `offset` (the first is 0) on."""

    offset: int
    limit: int

    def has_next(self, total: int) -> bool:
        """Is anything of `total` rows left after this page?"""
        return self.limit > 0 and self.offset + self.limit < total

    def rows(self, found: QuerySet[Any, Any]) -> tuple[list[Any], bool]:
        """The page's rows of an ordered query, and whether there are more, in one statement and uncounted."""
        if self.limit == 0:
            return [], False
        rows = list(found[self.offset : self.offset + self.limit + 1])
        return rows[: self.limit], len(rows) > self.limit

    def rows_by_key(self, found: QuerySet[Any, Any]) -> tuple[list[Any], bool]:
        """As `rows`, for long lists: of what lies before the page, only an index is read that holds key and filters."""
        keys = found.values("pk")[self.offset : self.offset + self.limit + 1]
        return replace(self, offset=0).rows(found.filter(pk__in=keys))


def _whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if WHOLE_NUMBER.fullmatch(text) is None:
        raise Invalid(f"{name} is no whole number of 0 or more.")
    return int(text)


def read_page(query: Mapping[str, str]) -> Page:
    """The page a query asks for. Raises `Invalid`, or `PageTooLarge` above the published maximum."""
    limit = _whole_number(query, "limit", MAX_PAGE_SIZE)
    if limit > MAX_PAGE_SIZE:
        raise PageTooLarge(f"limit exceeds the maximum page size, {MAX_PAGE_SIZE}.")
    return Page(offset=_whole_number(query, "offset", 0), limit=limit)


def next_link(address: str, query: QueryDict, page: Page) -> str:
    """The value of a `Link` header that leads to the page after `page`, other parameters unchanged."""
    following = query.copy()
    following["offset"] = str(page.offset + page.limit)
    following["limit"] = str(page.limit)
    return f'<{address}?{following.urlencode()}>; rel="next"'
