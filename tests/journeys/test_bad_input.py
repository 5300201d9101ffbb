"""Bad input at every endpoint that takes any: the error object with the right code, and nothing changed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.planning.models import Offer
from tests.rides import HERE, confirmed, everything, now, offer, pending

pytestmark = pytest.mark.django_db

ZERO = {"coordinates": {"lat": 0.0, "lng": 0.0}}


def place(**coordinates: object) -> dict:
    return {"coordinates": {"lat": 52.1, "lng": 5.1, **coordinates}}


BAD_PLANS = [
    (b"{", 2002),
    (b"[1, 2]", 2002),
    (b'"text"', 2002),
    (b"\xff\xfe", 2002),
    (b'{"from": {"coordinates": {"lat": NaN, "lng": 5}}}', 2002),
    (b'{"from": {"coordinates": {"lat": 1e999, "lng": 5}}}', 2002),
    (b"", 2001),
    ({}, 2001),
    ({"useAssets": ["x"]}, 2001),
    ({"from": None, "useAssets": ["x"]}, 2001),
    ({"from": HERE}, 2001),
    ({"from": HERE, "useAssets": []}, 2001),
    ({"from": HERE, "useAssets": "x"}, 2002),
    ({"from": HERE, "useAssets": [["x"]]}, 2002),
    ({"from": HERE, "useAssets": ["a\x00b"]}, 2002),
    ({"from": "here", "useAssets": ["x"]}, 2002),
    ({"from": {"coordinates": []}, "useAssets": ["x"]}, 2002),
    ({"from": place(lat=91), "useAssets": ["x"]}, 2002),
    ({"from": place(lng=-180.1), "useAssets": ["x"]}, 2002),
    ({"from": place(lat="52"), "useAssets": ["x"]}, 2002),
    ({"from": place(lat=True), "useAssets": ["x"]}, 2002),
    ({"from": place(lat=None), "useAssets": ["x"]}, 2001),
    ({"from": HERE, "useAssets": ["x"], "radius": -1}, 2002),
    ({"from": HERE, "useAssets": ["x"], "nrOfTravelers": 0}, 2002),
    ({"from": HERE, "useAssets": ["x"], "departureTime": "tomorrow"}, 2002),
    ({"from": HERE, "useAssets": ["x"], "departureTime": "2026-01-01T10:00:00"}, 2002),
    ({"from": HERE, "useAssets": ["x"], "departureTime": "2020-01-01T10:00:00Z"}, 2002),
    ({"from": HERE, "useAssets": ["x"], "departureTime": "9999-12-31T23:59:59-14:00"}, 2002),
    ({"from": HERE, "useAssets": ["x"], "departureTime": "2200-01-01T10:00:00Z"}, 2002),
    ({"from": HERE, "useAssets": ["x"], "arrivalTime": "2020-01-01T10:00:00Z"}, 2002),
    (b'{"from":' + b'{"extraInfo":' * 500 + b"1" + b"}" * 501, 2002),
]


@pytest.mark.parametrize(("body", "code"), BAD_PLANS)
@pytest.mark.parametrize("path", ["/planning/inquiries", "/planning/offers", "/plannings"])
def test_a_plan_that_cannot_be(mp, asset, path, body, code):
    answer = mp.post(path, body)
    assert (answer.status, answer.body["errorcode"]) == (400, code), answer
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, 3001),
        ({"id": None}, 400, 3001),
        ({"id": ["x"]}, 400, 3002),
        ({"id": {}}, 400, 3002),
        ({"id": "x\x00"}, 400, 3002),
        ({"id": ""}, 400, 3001),
        ({"id": "unknown"}, 404, 3204),
        ({"id": "OFFER", "customer": "me"}, 400, 3002),
        ({"id": "OFFER", "customer": {"email": "nobody"}}, 400, 3002),
        ({"id": "OFFER", "customer": {"phones": "none"}}, 400, 3002),
        ({"id": "OFFER", "customer": {"birthDate": "1900-13-01"}}, 400, 3002),
        ({"id": "OFFER", "callbackUrl": "ftp://example.org"}, 400, 3002),
        ({"id": "OFFER", "callbackUrl": 5}, 400, 3002),
        ({"id": "OFFER", "extraInfo": "text"}, 400, 3002),
        ({"id": "OFFER", "to": place(lat=91)}, 400, 3002),
    ],
)
def test_a_booking_request_that_cannot_be(mp, asset, body, status, code):
    if body.get("id") == "OFFER":
        body = {**body, "id": offer(mp, asset)}
    before = everything()
    answer = mp.post("/bookings", body)
    assert (answer.status, answer.body["errorcode"]) == (status, code), answer
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"operation": "NOPE"}, 3002),
        ({"operation": 5}, 3002),
        ({"operation": ["COMMIT"]}, 3002),
        ({"operation": "COMMIT", "origin": "NOBODY"}, 3002),
        (b"{", 3002),
    ],
)
def test_a_booking_operation_that_cannot_be(mp, asset, body, code):
    booking = pending(mp, asset)
    before = everything()
    answer = mp.post(f"/bookings/{booking}/events", body)
    assert (answer.status, answer.body["errorcode"]) == (400, code), answer
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 4001),
        ({"event": "PREPARE"}, 4001),
        ({"time": "NOW"}, 4001),
        ({"time": "NOW", "event": "FLY"}, 4002),
        ({"time": "yesterday", "event": "PREPARE"}, 4002),
        ({"time": 5, "event": "PREPARE"}, 4002),
        ({"time": "NOW", "event": "PREPARE", "asset": "bike"}, 4002),
        ({"time": "NOW", "event": "PREPARE", "url": "https://example.org"}, 4002),
        ({"time": "NOW", "event": "PREPARE", "comment": {"a": 1}}, 4002),
        ({"time": "NOW", "event": "PREPARE", "comment": "\x00"}, 4002),
        (
            {"time": "NOW", "event": "PREPARE", "asset": {"overriddenProperties": {"location": place(lat=91)}}},
            4002,
        ),
        (b"nonsense", 4002),
    ],
)
def test_a_leg_event_that_cannot_be(mp, asset, body, code):
    leg = confirmed(mp, asset)
    if isinstance(body, dict) and body.get("time") == "NOW":
        body = {**body, "time": now()}
    before = everything()
    answer = mp.post(f"/legs/{leg}/events", body)
    assert (answer.status, answer.body["errorcode"]) == (400, code), answer
    assert everything() == before


def test_a_body_over_a_mebibyte_is_not_read(mp, asset):
    body = json.dumps({"from": HERE, "useAssets": [asset.public_id], "extraInfo": {"x": "y" * 1024 * 1024}}).encode()
    answer = mp.post("/planning/offers", body)
    assert (answer.status, answer.body["errorcode"]) == (413, 2002)
    assert not Offer.objects.exists()


def test_a_body_that_is_no_json_by_name_is_refused(mp, asset):
    answer = mp.post("/planning/offers", b"<plan/>", content_type="text/xml")
    assert (answer.status, answer.body["errorcode"]) == (415, 2002)


def test_unknown_fields_and_nulls_are_no_error(mp, asset):
    plan = {
        "from": ZERO,
        "useAssets": [asset.public_id, "unknown"],
        "to": None,
        "departureTime": None,
        "extraInfo": None,
        "somethingNew": {"a": [1, None]},
    }
    answer = mp.post("/planning/offers/", plan)
    assert (answer.status, len(answer.body["options"])) == (201, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (  # noqa: SIM905 — a list of 22 names reads worse
    "id from to coordinates lat lng useAssets departureTime arrivalTime radius customer "
    "operation origin event time asset url comment extraInfo callbackUrl phones stationId"
).split()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8) | JSON)
def test_no_json_makes_a_500(mp, asset, body):
    """The client itself asserts that no answer is a 5xx and that each is what the document says."""
    for path in ("/planning/offers", "/bookings", "/bookings/x/events", "/legs/x/events"):
        answer = mp.post(path, body)
        assert 400 <= answer.status < 500
