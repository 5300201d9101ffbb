"""Which moments may be written down: those that every clock and the database can tell."""

from datetime import UTC, datetime

from django.db.models import Q

# A moment within a day of year 1 or of the end of 9999 is none in another time zone, so no page could show it.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
OUT_OF_BOUNDS = "A moment lies between the years 1900 and 9999."


def within_bounds(*fields: str) -> Q:
    """The condition that each of these fields, where it holds a moment, holds one that can be told everywhere."""
    condition = Q()
    for field in fields:
        condition &= Q(**{field: None}) | Q(**{f"{field}__gte": EARLIEST, f"{field}__lt": LATEST})
    return condition


def can_be_told(moment: datetime) -> bool:
    """Is this one of them?"""
    return EARLIEST <= moment < LATEST
