"""Reading the operator, and whether what it runs on answers."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from kombu.exceptions import OperationalError

from apps.operator.models import FeedAccess, OfAPlace, Operator, SystemCalendar, SystemHours
from apps.operator.opening import Season, days_of_operation
from apps.tomp.errors import NotFound, TompError
from tomp_backoffice.celery import app as celery_app

BROKER_TIMEOUT_SECONDS = 1.0
SYSTEM_FIRST = (F("station").asc(nulls_first=True), F("region").asc(nulls_first=True), "pk")
OfPlaces = TypeVar("OfPlaces", bound=OfAPlace)


@dataclass(frozen=True)
class Basics:
    """What every answer, message and page needs of the operator; as it is here until staff have described it.

    `languages` has the default one first, `time_zone` is a name of the IANA database; with `has_feed` there is GBFS.
    """

    system_id: str = ""
    languages: tuple[str, ...] = ("en",)
    time_zone: str = "UTC"
    has_feed: bool = False


UNDESCRIBED = Basics()
_BASICS = Operator.objects.values_list(
    JSONObject(system_id="system_id", languages="languages", time_zone="time_zone", gbfs_access="gbfs_access"),
    flat=True,
)
# The same as a column of a statement that reads something else; `read_basics` reads what it gives.
BASICS_COLUMN = Subquery(_BASICS[:1])


def read_basics(column: Mapping[str, Any] | None) -> Basics:
    """The operator's basics from what `BASICS_COLUMN` gave."""
    if column is None:
        return UNDESCRIBED
    return Basics(
        system_id=column["system_id"],
        languages=tuple(column["languages"]),
        time_zone=column["time_zone"],
        has_feed=column["gbfs_access"] != FeedAccess.OFF,
    )


def operator_basics() -> Basics:
    """What is needed of the operator everywhere, in one statement."""
    return read_basics(_BASICS.first())


def the_operator() -> Operator:
    """All that the operator tells about itself. Raises `NotFound` before staff have described it."""
    operator = Operator.objects.first()
    if operator is None:
        raise NotFound("The operator has not been described yet.")
    return operator


def _published(rows: QuerySet[OfPlaces], region_id: str | None, station_id: str | None) -> QuerySet[OfPlaces]:
    """Those MPs may know, of a region or a station where asked for; private stations are never told of."""
    if region_id is not None:
        rows = rows.filter(region__region_id=region_id)
    if station_id is not None:
        rows = rows.filter(station__station_id=station_id)
    return rows.filter(Q(station=None) | Q(station__is_public=True)).select_related("region", "station")


def opening_hours(*, region_id: str | None, station_id: str | None) -> QuerySet[SystemHours]:
    """The opening hours, each with its region or station; those of the whole system first."""
    return _published(SystemHours.objects.order_by(*SYSTEM_FIRST), region_id, station_id)


def calendar(*, region_id: str | None, station_id: str | None, today: date) -> list[tuple[SystemCalendar, Season]]:
    """The seasons of operation, each with an entry of its place; those of the whole system first.

    As they were written where no day is closed; else what is left of this year and the next without the closed days.
    """
    entries = _published(SystemCalendar.objects.order_by(*SYSTEM_FIRST), region_id, station_id)
    told = []
    for _, place in groupby(entries, key=lambda entry: (entry.station_id, entry.region_id)):
        rows = list(place)
        seasons: list[Season] = [row.season for row in rows]
        if any(season.closed for season in seasons):
            last = date(today.year + 1, 12, 31)
            seasons = list(days_of_operation(seasons, date(today.year, 1, 1), last))
        told += [(rows[0], season) for season in seasons]
    return told


def check_database() -> None:
    """Raise `TompError` unless the database answers a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise TompError("The database does not answer.") from error


def check_broker() -> None:
    """Raise `TompError` unless a task could be sent now, within two seconds."""
    broker = celery_app.connection_for_write(
        connect_timeout=BROKER_TIMEOUT_SECONDS,
        transport_options={
            "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
            "socket_timeout": BROKER_TIMEOUT_SECONDS,
        },
    )
    try:
        with broker:
            broker.ensure_connection(max_retries=0, timeout=BROKER_TIMEOUT_SECONDS)
            folder = broker.transport_options.get("data_folder_out")
            if folder is not None:
                with tempfile.TemporaryFile(dir=folder) as file:
                    file.write(b"1")
    except (OperationalError, OSError) as error:
        raise TompError("The message broker does not answer.") from error
