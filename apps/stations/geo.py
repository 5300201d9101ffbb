"""Where something must lie to be asked for: boxes and circles on the globe, as SQL. WGS84 degrees."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db.models import BooleanField, FloatField, Model, QuerySet
from django.db.models.expressions import RawSQL

from apps.tomp.errors import Invalid, Missing

EARTH_RADIUS_METERS = 6_371_008.8

# Latitude and longitude, in degrees.
Position = tuple[float, float]
NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", flags=re.ASCII)

Expression = tuple[str, list[Any]]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Box:
    """A bounding box; where `west` is greater than `east` it lies across the antimeridian."""

    south: float
    north: float
    west: float
    east: float

    def condition(self, row: str) -> Expression:
        """SQL that the `latitude` and `longitude` of the table alias `row` lie in the box, edges included."""
        join = "AND" if self.west <= self.east else "OR"
        return (
            f"{row}.latitude BETWEEN %s AND %s AND ({row}.longitude >= %s {join} {row}.longitude <= %s)",
            [self.south, self.north, self.west, self.east],
        )

    def rows_inside(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those of `rows` inside the box. Not for a subquery: there the rows' table has another name."""
        inside, limits = self.condition(rows.model._meta.db_table)
        # The SQL is our own, the values are bound.
        return cast("QuerySet[Row]", rows.alias(inside=RawSQL(inside, limits, BooleanField())).filter(inside=True))  # noqa: S611


@dataclass(frozen=True)
class Circle:
    """Everything within `radius` metres, along the globe, of a point."""

    latitude: float
    longitude: float
    radius: float

    def box(self) -> Box:
        """The smallest box around the circle; all longitudes where a pole is inside."""
        angle = self.radius / EARTH_RADIUS_METERS
        height = math.degrees(angle)
        south, north = self.latitude - height, self.latitude + height
        if south <= -90 or north >= 90:
            return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
        width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(self.latitude)))))
        return Box(south, north, _wrap(self.longitude - width), _wrap(self.longitude + width))

    def distance(self, row: str) -> Expression:
        """SQL of the metres from the centre to `row`, by the haversine formula."""
        return (
            f"2 * {EARTH_RADIUS_METERS} * asin(least(1, sqrt("
            f"power(sin(radians({row}.latitude - %s) / 2), 2) + "
            f"cos(radians(%s)) * cos(radians({row}.latitude)) * "
            f"power(sin(radians({row}.longitude - %s) / 2), 2))))",
            [self.latitude, self.latitude, self.longitude],
        )

    def condition(self, row: str) -> Expression:
        """SQL that `row` lies in the circle: the box first, for the index, then the distance."""
        inside_box, values = self.box().condition(row)
        distance, center = self.distance(row)
        return f"({inside_box}) AND {distance} <= %s", [*values, *center, self.radius]

    def rows_inside(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those of `rows` inside the circle, nearest first, by their `distance` in metres.

        Not for a subquery: there the rows' table has another name.
        """
        table = rows.model._meta.db_table
        inside, limits = self.condition(table)
        distance, center = self.distance(table)
        # The SQL is our own, the values are bound.
        found = rows.alias(
            inside=RawSQL(inside, limits, BooleanField()),  # noqa: S611
            distance=RawSQL(distance, center, FloatField()),  # noqa: S611
        ).filter(inside=True)
        return cast("QuerySet[Row]", found.order_by("distance", "pk"))


def _wrap(longitude: float) -> float:
    """The same meridian between -180 and 180."""
    return (longitude + 180) % 360 - 180 if abs(longitude) > 180 else longitude


def _number(text: str, name: str) -> float:
    """A finite number. `float` alone would take `nan`, `1_000` and digits of any script."""
    number = float(text) if NUMBER.fullmatch(text) else math.inf
    if not math.isfinite(number):
        raise Invalid(f"{name} is no number.")
    return number


def _degrees(text: str, name: str, most: int) -> float:
    degrees = _number(text, name)
    if abs(degrees) > most:
        raise Invalid(f"{name} lies outside -{most} … {most}.")
    return degrees


def read_box(query: Mapping[str, str]) -> Box | None:
    """`boundingbox` in the document's order: south, north, west, east. Raises `Invalid`."""
    text = query.get("boundingbox")
    if text is None:
        return None
    edges = text.split(",")
    if len(edges) != 4:
        raise Invalid("boundingbox needs four numbers: south, north, west, east.")
    south, north = (_degrees(edge.strip(), "boundingbox: a latitude", 90) for edge in edges[:2])
    west, east = (_degrees(edge.strip(), "boundingbox: a longitude", 180) for edge in edges[2:])
    if south > north:
        raise Invalid("boundingbox: south lies north of north.")
    return Box(south, north, west, east)


def read_circle(query: Mapping[str, str]) -> Circle | None:
    """`lon`, `lat` and `radius` (metres), all three or none. Raises `Missing` or `Invalid`."""
    given = {name: query.get(name) for name in ("lon", "lat", "radius")}
    if all(text is None for text in given.values()):
        return None
    for name, text in given.items():
        if text is None:
            raise Missing(f"{name} is missing: lon, lat and radius belong together.")
    radius = _number(given["radius"] or "", "radius")
    if radius < 0:
        raise Invalid("radius is negative.")
    return Circle(
        latitude=_degrees(given["lat"] or "", "lat", 90),
        longitude=_degrees(given["lon"] or "", "lon", 180),
        radius=radius,
    )


def meters_between(one: Position, other: Position) -> float:
    """Great-circle distance of two (latitude, longitude) pairs in degrees (haversine formula)."""
    (lat1, lng1), (lat2, lng2) = one, other
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_chord = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lng2 - lng1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_METERS * math.asin(math.sqrt(min(1.0, half_chord)))
