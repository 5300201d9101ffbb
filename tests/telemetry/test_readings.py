"""One reading: what is taken, what is refused, each with a sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.telemetry.readings import Reading, read_reading
from apps.tomp.errors import TompError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def reading(**fields: Any) -> dict[str, Any]:
    """A whole reading, some fields replaced; None leaves one out."""
    whole = {
        "asset": "B00001",
        "time": "2026-11-21T11:59:58Z",
        "lat": 52.0907,
        "lng": 5.1214,
        "stateOfCharge": 71.6,
        "mileage": 1203.4,
        "lockState": "LOCKED",
    }
    return {name: value for name, value in {**whole, **fields}.items() if value is not None}


def test_all_of_it_is_read() -> None:
    assert read_reading(reading(), now=NOON) == Reading(
        asset="B00001",
        device="",
        at=NOON - timedelta(seconds=2),
        position=(52.0907, 5.1214),
        charge=72,
        mileage=1203.4,
        lock_state="LOCKED",
    )


def test_every_part_but_id_and_time_may_be_absent_or_null() -> None:
    bare = {"device": "imei-7", "time": "2026-11-21T13:00:00+01:00", "lat": None, "mileage": None, "speed": 3}
    assert read_reading(bare, now=NOON) == Reading("", "imei-7", NOON, None, None, None, "")


@pytest.mark.parametrize("place", [(0, 0), (-90, -180), (90, 180), (-33.87, -151.2)])
def test_the_world_has_a_west_and_a_south(place: tuple[float, float]) -> None:
    assert read_reading(reading(lat=place[0], lng=place[1]), now=NOON).position == place


def test_a_clock_a_little_ahead_counts_as_now() -> None:
    assert read_reading(reading(time="2026-11-21T12:04:59Z"), now=NOON).at == NOON


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"asset": None}, "asset or device is missing."),
        ({"device": "imei-7"}, "asset and device: name the vehicle by one of them."),
        ({"asset": 7}, "asset is no text of 1 … 100 characters."),
        ({"asset": ""}, "asset is no text of 1 … 100 characters."),
        ({"asset": "x" * 101}, "asset is no text of 1 … 100 characters."),
        ({"asset": "B\x00"}, "asset is no text of 1 … 100 characters."),
        ({"time": None}, "time is missing."),
        ({"time": 1_763_726_398}, "time is no RFC 3339 date and time."),
        ({"time": "noon"}, "time is no RFC 3339 date and time."),
        ({"time": "2026-11-21T11:59:58"}, "time has no time zone."),
        ({"time": "2026-11-21T12:05:01Z"}, "time lies in the future."),
        ({"time": "9999-12-31T23:59:59-23:59"}, "time lies in the future."),
        ({"time": "1970-01-01T00:00:00Z"}, "time lies more than 30 days back."),
        ({"time": "0001-01-01T00:00:00+23:59"}, "time lies more than 30 days back."),
        ({"lat": None}, "lat is missing: lat and lng belong together."),
        ({"lng": None}, "lng is missing: lat and lng belong together."),
        ({"lat": 90.1}, "lat lies outside -90 … 90."),
        ({"lng": -180.1}, "lng lies outside -180 … 180."),
        ({"lat": "52"}, "lat is no number."),
        ({"lat": True}, "lat is no number."),
        ({"lng": float("nan")}, "lng is no number."),
        ({"stateOfCharge": -1}, "stateOfCharge lies outside 0 … 100."),
        ({"stateOfCharge": 100.4}, "stateOfCharge lies outside 0 … 100."),
        ({"mileage": -0.1}, "mileage lies outside 0 … 10000000."),
        ({"lockState": "OPEN"}, "lockState is none of LOCKED, UNLOCKED, JAMMED, UNKNOWN."),
        ({"lockState": ["LOCKED"]}, "lockState is none of LOCKED, UNLOCKED, JAMMED, UNKNOWN."),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], sentence: str) -> None:
    sent = reading(**fields)
    with pytest.raises(TompError) as refused:
        read_reading(sent, now=NOON)
    assert refused.value.detail == sentence


@pytest.mark.parametrize("sent", [None, 1, "B00001", [reading()]])
def test_a_reading_is_an_object(sent: Any) -> None:
    with pytest.raises(TompError, match="A reading is a JSON object"):
        read_reading(sent, now=NOON)
