"""Filters of long lists."""

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest

# From each value to the next, which an index that begins with the column finds at once; DISTINCT reads every row.
VALUES = """
WITH RECURSIVE found (value) AS (
    (SELECT min({column}) FROM {table})
    UNION ALL
    SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.value) FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


class FewValuesFilter(AllValuesFieldListFilter):
    """The values that a column of a long table has, where they are few and an index begins with the column."""

    lookup_choices: Any

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: Any,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        quoted = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(VALUES.format(column=quoted(field.column), table=quoted(model._meta.db_table)))
            self.lookup_choices = [value for (value,) in cursor.fetchall()]
