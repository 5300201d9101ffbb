"""Areas on the globe: whether a row or a position lies in one. WGS84; the border belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import shapely
import shapely.geometry
from django.db.models import BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from apps.stations.geo import Expression, Position

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Area:
    """A GeoJSON Polygon: its first ring is the outline, the others are holes."""

    polygon: dict[str, Any]

    @cached_property
    def _shape(self) -> Any:
        return shapely.geometry.shape(self.polygon)

    def holds(self, position: Position) -> bool:
        """Does the (latitude, longitude) lie in it?"""
        latitude, longitude = position
        return bool(self._shape.covers(shapely.geometry.Point(longitude, latitude)))

    def condition(self, row: str) -> Expression:
        """SQL that the `latitude` and `longitude` of the table alias `row` lie in it."""
        point = f"point({row}.longitude, {row}.latitude)"
        rings = [
            "(" + ",".join(f"({longitude!r},{latitude!r})" for longitude, latitude, *_ in ring) + ")"
            for ring in self.polygon["coordinates"]
        ]
        holes = "".join(f" AND NOT %s::polygon @> {point}" for _ in rings[1:])
        return f"(%s::polygon @> {point}{holes})", rings


def lying_in(rows: QuerySet[Row], areas: Sequence[Area], name: str) -> tuple[QuerySet[Row], Q]:
    """`rows`, and the condition on them of lying in one of `areas`; `name` is one that no other condition has.

    Not for a subquery: there the rows' table has another name.
    """
    if not areas:
        return rows, Q(pk=None)
    table = rows.model._meta.db_table
    conditions, values = [], []
    for area in areas:
        inside, limits = area.condition(table)
        conditions.append(inside)
        values += limits
    # The SQL is our own, the values are bound.
    lies = RawSQL(" OR ".join(conditions), values, BooleanField())  # noqa: S611
    return rows.alias(**{name: lies}), Q(**{name: True})
