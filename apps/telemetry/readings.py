"""One reading as a vehicle sends it, read and checked. Pure functions.

The format is our own (docs/telemetry.md); unknown fields are ignored and `null` means absent, as in the TOMP-API.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from apps.assets.models import MOST_KILOMETERS, LockState
from apps.tomp.errors import Invalid, Missing
from apps.tomp.times import CLOCK_TOLERANCE

MAX_NAME_LENGTH = 100


@dataclass(frozen=True)
class Reading:
    """What one vehicle said of itself at `at`. It is named by `asset`, its fleet number, or else by `device`.

    `position` is (latitude, longitude) in degrees WGS84, `charge` in percent, `mileage` in km; `lock_state` is a
    `LockState` or empty.
    """

    asset: str
    device: str
    at: datetime
    position: tuple[float, float] | None
    charge: int | None
    mileage: float | None
    lock_state: str


def read_reading(sent: Any, *, now: datetime) -> Reading:
    """A reading from JSON. Raises `Missing` or `Invalid`, naming the field.

    Clocks differ: a time up to five minutes ahead counts as `now`. One older than the trail is kept is refused, for
    it is most likely a clock that was never set.
    """
    if not isinstance(sent, dict):
        raise Invalid("A reading is a JSON object.")
    asset, device = _name(sent, "asset"), _name(sent, "device")
    if not asset and not device:
        raise Missing("asset or device is missing.")
    if asset and device:
        raise Invalid("asset and device: name the vehicle by one of them.")
    latitude, longitude = _number(sent, "lat", -90, 90), _number(sent, "lng", -180, 180)
    if (latitude is None) != (longitude is None):
        raise Missing(f"{'lat' if latitude is None else 'lng'} is missing: lat and lng belong together.")
    charge = _number(sent, "stateOfCharge", 0, 100)
    return Reading(
        asset=asset,
        device=device,
        at=min(_time(sent, now), now),
        position=None if latitude is None or longitude is None else (latitude, longitude),
        charge=None if charge is None else round(charge),
        mileage=_number(sent, "mileage", 0, MOST_KILOMETERS),
        lock_state=_lock_state(sent),
    )


def _name(sent: dict[str, Any], field: str) -> str:
    name = sent.get(field)
    if name is None:
        return ""
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_LENGTH or "\x00" in name:
        raise Invalid(f"{field} is no text of 1 … {MAX_NAME_LENGTH} characters.")
    return name


def _number(sent: dict[str, Any], field: str, least: int, most: int) -> float | None:
    number = sent.get(field)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise Invalid(f"{field} is no number.")
    if not least <= number <= most:
        raise Invalid(f"{field} lies outside {least} … {most}.")
    return float(number)


def _lock_state(sent: dict[str, Any]) -> str:
    state = sent.get("lockState")
    if state is None:
        return ""
    if state not in LockState.values:
        raise Invalid(f"lockState is none of {', '.join(LockState.values)}.")
    return str(state)


def _time(sent: dict[str, Any], now: datetime) -> datetime:
    text = sent.get("time")
    if text is None:
        raise Missing("time is missing.")
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Invalid("time is no RFC 3339 date and time.") from None
    if time.tzinfo is None:
        raise Invalid("time has no time zone.")
    if time > now + CLOCK_TOLERANCE:
        raise Invalid("time lies in the future.")
    if time < now - timedelta(days=settings.TELEMETRY_TRAIL_DAYS):
        raise Invalid(f"time lies more than {settings.TELEMETRY_TRAIL_DAYS} days back.")
    return time
