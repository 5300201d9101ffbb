"""Serializer fields: what JSON says, and nothing that merely looks like it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from apps.tomp.fields import (
    AddressField,
    EmailField,
    IdentifierField,
    NumberField,
    PatternField,
    StringField,
    TimestampField,
    TrimmedStringField,
    TruthField,
    WholeNumberField,
)
from apps.tomp.schemas import CoordinatesSerializer, RequestPlaceSerializer

STRING_FIELDS = (StringField(), TrimmedStringField(), PatternField(r"[0-9]"), EmailField(), AddressField())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-28T10:30:00Z", datetime(2026, 7, 28, 10, 30, tzinfo=UTC)),
        ("2026-07-28t10:30:00.5z", datetime(2026, 7, 28, 10, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-07-28T10:30:00.123456789+02:00", datetime(2026, 7, 28, 8, 30, 0, 123_456, tzinfo=UTC)),
        ("2026-07-28T10:30:00-11:30", datetime(2026, 7, 28, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_into_utc(text: str, moment: datetime) -> None:
    read = TimestampField().run_validation(text)
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-28T10:30:00",
        "2026-07-28",
        "2026-07-28T10:30Z",
        "2026-02-30T10:30:00Z",
        "2026-07-28T25:30:00Z",
        "2026-07-28T10:30:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "0000-01-01T00:00:00Z",
        "20260728T103000Z",
        "now",
        "",
        1785234600,
        True,
        None,
        ["2026-07-28T10:30:00Z"],
        "٢٠٢٦-07-28T10:30:00Z",
    ],
)
def test_what_is_no_moment_is_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        TimestampField().run_validation(text)


@given(JSON)
def test_no_json_breaks_a_field(value: Any) -> None:
    for serializer_field in (
        TimestampField(),
        NumberField(),
        WholeNumberField(),
        *STRING_FIELDS,
        IdentifierField(),
        TruthField(),
    ):
        try:
            serializer_field.run_validation(value)
        except ValidationError:
            continue


@pytest.mark.parametrize("value", [True, "5", "", [], {}, None, float("nan"), float("inf"), 10**400])
def test_what_is_no_number_is_refused(value: Any) -> None:
    for number_field in (NumberField(), WholeNumberField()):
        with pytest.raises(ValidationError):
            number_field.run_validation(value)


@pytest.mark.parametrize("value", [1.5, 2**53, 1e300])
def test_what_is_no_whole_number_is_refused(value: float) -> None:
    with pytest.raises(ValidationError):
        WholeNumberField().run_validation(value)
    assert WholeNumberField().run_validation(2.0) == 2


@pytest.mark.parametrize("value", [5, True, 1.5, [], {}])
def test_what_is_no_string_is_refused(value: Any) -> None:
    for string_field in STRING_FIELDS:
        with pytest.raises(ValidationError):
            string_field.run_validation(value)


def test_strings_are_read() -> None:
    assert StringField().run_validation(" a ") == " a "
    assert TrimmedStringField().run_validation(" a ") == "a"
    assert PatternField(r"^[0-9]+$").run_validation("12") == "12"
    assert EmailField().run_validation("an@mp.example") == "an@mp.example"
    assert AddressField().run_validation("https://mp.example/a") == "https://mp.example/a"


@pytest.mark.parametrize(("value", "read"), [("a-17", "a-17"), (123456, "123456"), (0, "0")])
def test_an_identifier_may_be_a_whole_number(value: Any, read: str) -> None:
    assert IdentifierField().run_validation(value) == read


@pytest.mark.parametrize("value", [True, 1.5, "", [], {}, None])
def test_what_is_no_identifier_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        IdentifierField().run_validation(value)


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, "", [], {}, None])
def test_what_is_no_truth_value_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        TruthField().run_validation(value)
    assert TruthField().run_validation(False) is False
    assert TruthField().run_validation(True) is True


@pytest.mark.parametrize(("lat", "lng"), [(0.0, 0.0), (0, 0), (-90, -180), (90, 180), (-33.4, -70.7)])
def test_every_point_on_earth_is_read(lat: float, lng: float) -> None:
    serializer = CoordinatesSerializer(data={"lat": lat, "lng": lng})
    assert serializer.is_valid()
    assert serializer.validated_data == {"lat": lat, "lng": lng}


@pytest.mark.parametrize(("lat", "lng"), [(91, 0), (-90.01, 0), (0, 181), (0, -180.5), ("52", 5), (True, 5), (None, 5)])
def test_no_point_elsewhere_is_read(lat: Any, lng: Any) -> None:
    assert not CoordinatesSerializer(data={"lat": lat, "lng": lng}).is_valid()


ADDRESS = {"streetAddress": "Square 1", "areaReference": "Utrecht"}
STOP = {"type": "GTFS_STOP_ID", "id": "NL:S:1", "country": "NL"}


@pytest.mark.parametrize(
    "place",
    [
        {"coordinates": {"lat": 0.0, "lng": 0.0}},
        {"stationId": "square"},
        {"physicalAddress": ADDRESS},
        {"stopReference": [STOP]},
        {"stationId": "square", "extraInfo": {"note": None}, "colour": "unknown fields are ignored"},
    ],
)
def test_a_place_says_where_it_is(place: dict[str, Any]) -> None:
    serializer = RequestPlaceSerializer(data=place)
    assert serializer.is_valid(), serializer.errors
    assert serializer.validated_data == {name: value for name, value in place.items() if name != "colour"}


@pytest.mark.parametrize("place", [{}, {"name": "Somewhere"}, {"stopReference": []}, {"stationId": ""}, "here", []])
def test_a_place_that_does_not_is_refused(place: Any) -> None:
    assert not RequestPlaceSerializer(data=place).is_valid()
