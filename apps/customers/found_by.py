"""What a traveller, or a booking, is found by: words in small letters, and the end of a phone number.

The database keeps them in an index (`found_by`, a function of its own), and so forgets them with the traveller.
"""

import re
from typing import TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Model, QuerySet, TextField

M = TypeVar("M", bound=Model)
# What a phone number is known again by, however it begins: +31 6…, 0031 6…, 06….
DIGITS_OF_A_PHONE = 8


class FoundBy(Func):
    """The keys of a TOMP `customer` (id, last name, whole name, e-mail, phones) and, given that, of an `extraInfo`:
    each of its values, where an MP puts references of its own.
    """

    function = "found_by"
    output_field = ArrayField(TextField())


def keys_of(term: str) -> list[str]:
    """The keys that what somebody typed may be."""
    keys = [" ".join(term.lower().split())]
    digits = re.sub(r"\D", "", term)
    if re.fullmatch(r"[\d\s+()./-]+", term) and len(digits) >= DIGITS_OF_A_PHONE:
        keys.append(f"phone:{digits[-DIGITS_OF_A_PHONE:]}")
    return keys


def with_key(rows: QuerySet[M], found_by: FoundBy, term: str) -> QuerySet[M]:
    """Those that are found by what somebody typed."""
    return cast("QuerySet[M]", rows.alias(found_by=found_by).filter(found_by__overlap=keys_of(term)))
