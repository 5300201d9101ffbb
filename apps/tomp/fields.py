"""Serializer fields that take what JSON says and nothing that merely looks like it."""

import math
import re
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", flags=re.ASCII)
# A time outside these years is a slip, and arithmetic with it leaves the calendar.
FIRST_YEAR, LAST_YEAR = 1970, 9998
# Beyond it JSON's numbers are no longer exact (RFC 8259, 6).
MOST = 2**53 - 1


class TrimmedStringField(serializers.CharField):
    """A JSON string without the blanks around it; a number is none."""

    def to_internal_value(self, data: Any) -> str:
        """The string; refuses every other JSON type."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class StringField(TrimmedStringField):
    """A JSON string, kept as it came; a number is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})


class PatternField(TrimmedStringField, serializers.RegexField):
    """A JSON string that matches a regular expression."""


class EmailField(TrimmedStringField, serializers.EmailField):
    """A JSON string that is an e-mail address."""


class AddressField(TrimmedStringField, serializers.URLField):
    """A JSON string that is the address of something on the web."""


class IdentifierField(TrimmedStringField):
    """An MP's own identifier: a JSON string or a whole number, read as text.

    Source: seed, whose example of a booking has `"customer": {"id": 123456}`; the document says string.
    """

    def to_internal_value(self, data: Any) -> str:
        """The identifier as text; 123456 is "123456"."""
        is_number = isinstance(data, int) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if is_number else data)


class TruthField(serializers.BooleanField):
    """A JSON `true` or `false`; neither "yes" nor 1 is one."""

    def to_internal_value(self, data: Any) -> bool:
        """The boolean; refuses every other JSON type."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NumberField(serializers.FloatField):
    """A finite JSON number; neither a boolean nor a string of digits is one."""

    def to_internal_value(self, data: Any) -> float:
        """The number as float; 0.0 is a number like any other."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            number = float(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction; neither a boolean nor a string of digits is one."""

    def to_internal_value(self, data: Any) -> int:
        """The number as int."""
        if isinstance(data, bool) or not isinstance(data, int | float) or abs(data) > MOST:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class TimestampField(serializers.DateTimeField):
    """A moment per RFC 3339, offset from UTC included; aware UTC inside.

    Naive times, and years outside 1970 … 9998, are refused.
    """

    default_error_messages = {
        "no_rfc_3339": "This is no RFC 3339 time with an offset, such as 2026-07-28T10:30:00Z.",
        "out_of_range": f"The year lies outside {FIRST_YEAR} … {LAST_YEAR}.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        """The moment in UTC."""
        if not isinstance(value, str) or RFC_3339.fullmatch(value) is None:
            self.fail("no_rfc_3339")
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            self.fail("no_rfc_3339")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("out_of_range")
        return moment.astimezone(UTC)
