"""Taking what vehicles report: many readings at a time, in three statements whatever their number.

Assets are locked in the order of their keys, as everywhere, and nothing is locked after them; so a batch waits in no
circle with a ride or with another batch.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from psycopg.errors import DeadlockDetected

from apps.assets.models import Asset, AssetState
from apps.telemetry.models import TrailPoint
from apps.telemetry.readings import Reading, read_reading
from apps.tomp.errors import ServiceUnavailable, TompError

# Most readings in one batch.
MAX_READINGS = 1000
# A parked asset leaves no more than one point of its trail in this time.
PARKED_TRAIL = timedelta(hours=1)
ATTEMPTS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refusal:
    """A reading that was not taken: its place in the batch, from 0, and why, in a sentence."""

    index: int
    detail: str


@dataclass
class _News:
    """What is new of one locked asset, and the points to keep of its trail, by their time."""

    asset: Asset
    changed: bool = False
    trail: dict[datetime, TrailPoint] = field(default_factory=dict)


def take(sent: Sequence[Any], *, now: datetime) -> list[Refusal]:
    """Take a batch of readings as they came from JSON; returns those refused, each for itself, in their order.

    A reading older than what is known of the asset leaves its point in the trail and changes nothing else. One that
    says the same again changes nothing. Raises `ServiceUnavailable` where PostgreSQL ends deadlocks again and again.
    """
    readings: dict[int, Reading] = {}
    refused: dict[int, str] = {}
    for index, one in enumerate(sent):
        try:
            readings[index] = read_reading(one, now=now)
        except TompError as error:
            refused[index] = error.detail
    if readings:
        refused |= dict.fromkeys(_persistently(lambda: _write(readings)), "There is no such asset.")
    log.info("telemetry", taken=len(sent) - len(refused), refused=len(refused))
    return [Refusal(index, refused[index]) for index in sorted(refused)]


def _persistently(write: Callable[[], list[int]]) -> list[int]:
    """Begin again where PostgreSQL ended the batch to break a deadlock; taking readings twice changes nothing."""
    for _ in range(ATTEMPTS):
        try:
            return write()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise ServiceUnavailable("The assets are being changed; try again.", retry_after=1)


@transaction.atomic
def _write(readings: dict[int, Reading]) -> list[int]:
    """Write what the readings say; returns the indexes of those whose asset is unknown."""
    assets = _lock(readings.values())
    by_code = {asset.code: asset for asset in assets}
    by_device = {asset.device_id: asset for asset in assets}
    news = {asset.pk: _News(asset) for asset in assets}
    unknown = []
    for index, reading in sorted(readings.items(), key=lambda item: item[1].at):
        asset = by_code.get(reading.asset) if reading.asset else by_device.get(reading.device)
        if asset is None:
            unknown.append(index)
        else:
            _hear(news[asset.pk], reading)
    _update([one.asset for one in news.values() if one.changed])
    _leave_trail(news.values())
    return unknown


def _lock(readings: Iterable[Reading]) -> list[Asset]:
    codes = {reading.asset for reading in readings if reading.asset}
    devices = {reading.device for reading in readings if reading.device}
    named = Q(code__in=codes) | Q(device_id__in=devices)
    return list(Asset.objects.filter(named).order_by("pk").select_for_update(of=("self",), no_key=True))


def _hear(news: _News, reading: Reading) -> None:
    """Note what one reading says, the batch's readings coming in the order of their times.

    An asset that stands at a station stays there, wherever it is seen, until it is ridden or staff move it: places in
    the station's pool are promised on the strength of it. Where it was seen is in its trail, and shown to staff.
    """
    asset, at = news.asset, reading.at
    late = asset.seen_at is not None and at < asset.seen_at
    if reading.position is not None and at >= asset.position_at and _follows_its_position(asset):
        asset.latitude, asset.longitude = reading.position
        asset.position_at = at
        news.changed = True
    if not late:
        asset.seen_at = at
        asset.state_of_charge = asset.state_of_charge if reading.charge is None else reading.charge
        asset.mileage = asset.mileage if reading.mileage is None else reading.mileage
        asset.lock_state = reading.lock_state or asset.lock_state
        news.changed = True
    _note_point(news, reading, late=late)


def _follows_its_position(asset: Asset) -> bool:
    return asset.state == AssetState.IN_USE or asset.station_id is None


def _note_point(news: _News, reading: Reading, *, late: bool) -> None:
    """A point of the trail; what another reading of the same moment said of the same asset is completed."""
    if reading.position is None and reading.mileage is None:
        return
    in_use = late or news.asset.state == AssetState.IN_USE
    if not in_use:  # of a parked asset the latest is enough
        news.trail = {at: point for at, point in news.trail.items() if point.in_use or at == reading.at}
    point = news.trail.setdefault(reading.at, TrailPoint(asset=news.asset, at=reading.at, in_use=in_use))
    if reading.position is not None:
        point.latitude, point.longitude = reading.position
    if reading.mileage is not None:
        point.mileage = reading.mileage


UPDATE = """
    UPDATE assets_asset AS asset
    SET latitude = news.latitude, longitude = news.longitude, position_at = news.position_at,
        state_of_charge = news.state_of_charge, mileage = news.mileage, lock_state = news.lock_state,
        seen_at = news.seen_at
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::timestamptz[], %s::int[], %s::float8[],
                %s::text[], %s::timestamptz[])
        AS news (id, latitude, longitude, position_at, state_of_charge, mileage, lock_state, seen_at)
    WHERE asset.id = news.id
"""
UPDATED = ("pk", "latitude", "longitude", "position_at", "state_of_charge", "mileage", "lock_state", "seen_at")


def _update(assets: Sequence[Asset]) -> None:
    if assets:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [[getattr(asset, name) for asset in assets] for name in UPDATED])


INSERT = """
    INSERT INTO telemetry_trailpoint AS known (asset_id, at, latitude, longitude, mileage, in_use)
    SELECT news.*
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[], %s::bool[])
        AS news (asset_id, at, latitude, longitude, mileage, in_use)
    WHERE news.in_use OR coalesce(
        (
            SELECT before.in_use OR before.at <= news.at - %s * interval '1 second'
                OR before.mileage IS DISTINCT FROM coalesce(news.mileage, before.mileage)
            FROM telemetry_trailpoint AS before
            WHERE before.asset_id = news.asset_id AND before.at <= news.at
            ORDER BY before.at DESC
            LIMIT 1
        ),
        true
    )
    ON CONFLICT (asset_id, at) DO UPDATE
    SET latitude = coalesce(known.latitude, excluded.latitude),
        longitude = coalesce(known.longitude, excluded.longitude),
        mileage = coalesce(known.mileage, excluded.mileage)
"""
INSERTED = ("asset_id", "at", "latitude", "longitude", "mileage", "in_use")


def _leave_trail(news: Iterable[_News]) -> None:
    points = [point for one in news for point in one.trail.values()]
    if points:
        columns: list[Any] = [[getattr(point, name) for point in points] for name in INSERTED]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [*columns, PARKED_TRAIL.total_seconds()])
