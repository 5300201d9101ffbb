"""Moments that staff write: on the operator's clocks, also when these are put back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.backoffice.fields import MomentField

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Both are half past two in Amsterdam.
FIRST = datetime(2026, 10, 25, 0, 30, 12, 500, tzinfo=UTC)
SECOND = FIRST.replace(hour=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-25T01:30", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25 02:30:15", datetime(2026, 10, 25, 0, 30, 15, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-10-25T03:30", datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_the_hour_that_comes_twice_is_its_first(written: str, meant: datetime | None) -> None:
    with timezone.override(AMSTERDAM):
        assert MomentField(required=False).clean(written) == meant


@pytest.mark.parametrize("seconds", [True, False])
@pytest.mark.parametrize("told", [FIRST, SECOND])
def test_what_is_left_as_it_is_shown_is_the_same_moment(told: datetime, seconds: bool) -> None:
    field = MomentField(seconds=seconds, initial=told)
    with timezone.override(AMSTERDAM):
        shown = field.prepare_value(told)
        assert shown == ("2026-10-25T02:30:12" if seconds else "2026-10-25T02:30")
        assert field.clean(shown) == told


def test_an_hour_that_is_left_out_is_refused() -> None:
    with timezone.override(AMSTERDAM), pytest.raises(ValidationError, match="put forward"):
        MomentField().clean("2026-03-29T02:30")


@pytest.mark.parametrize("written", ["tomorrow", "2026-13-01T00:00", "2026-02-30T00:00"])
def test_what_is_no_moment_is_refused(written: str) -> None:
    with timezone.override(AMSTERDAM), pytest.raises(ValidationError):
        MomentField().clean(written)
