"""What every TOMP call has in common: addresses, methods, bodies, and the one error object."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tomp_client import Answer, TompClient


def assert_error(answer: Answer, status: int, code: int) -> None:
    """The error object, whole and nothing else."""
    assert answer.status == status, answer
    assert set(answer.body) == {"errorcode", "errorCode", "type", "title", "status", "detail", "instance"}
    assert answer.body["errorcode"] == answer.body["errorCode"] == code
    assert answer.body["status"] == status
    assert answer.body["instance"] == answer.headers["X-Request-ID"] != ""
    assert answer.headers["Content-Type"] == "application/json"


def raw(mp: TompClient, method: str, path: str, **options: Any) -> Answer:
    """A call to an address or in a way the official document does not know, so that it is not checked."""
    return Answer(mp.client.generic(method, f"/tomp{path}", headers=mp.headers, **options))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["", "/", "/nothing", "/operator", "/bookings/1/2/3", "/operator/ping/x", "/%00"])
def test_an_address_that_is_not_there(mp: TompClient, method: str, path: str) -> None:
    assert_error(raw(mp, method, path), 404, 7204)


def test_an_address_that_is_not_there_tells_strangers_nothing(mp: TompClient) -> None:
    del mp.headers["X-API-Key"]
    assert_error(raw(mp, "GET", "/nothing"), 401, 7006)


@pytest.mark.parametrize(
    ("method", "path", "code", "allowed"),
    [
        ("POST", "/operator/available-assets", 1004, "GET"),
        ("DELETE", "/operator/stations", 1004, "GET"),
        ("GET", "/planning/offers", 2004, "POST"),
        ("DELETE", "/bookings/1", 3004, "GET, PUT"),
        ("DELETE", "/legs/1", 4004, "GET"),
    ],
)
def test_a_method_that_is_not_there(mp: TompClient, method: str, path: str, code: int, allowed: str) -> None:
    answer = raw(mp, method, path)
    assert_error(answer, 405, code)
    assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/operator/regions", "/operator/ping", "/operator/available-assets"])
def test_a_trailing_slash_changes_nothing(mp: TompClient, path: str) -> None:
    without, with_slash = mp.get(path), mp.get(path + "/")
    assert (without.status, without.body) == (with_slash.status, with_slash.body) == (200, without.body)


def test_a_trailing_slash_keeps_the_body(mp: TompClient) -> None:
    answer = mp.post("/planning/inquiries/", {"useAssets": ["x"]})
    assert (answer.status, answer.body["errorcode"]) == (400, 2001)
    assert "from" in answer.body["detail"]


@pytest.mark.parametrize("query", ["regionId=%00", "%00=1", "boundingbox=1,2,3,%00", "x=1&x=%00"])
def test_a_nul_in_the_query_is_refused(mp: TompClient, query: str) -> None:
    assert_error(mp.get(f"/operator/available-assets?{query}"), 400, 1002)


@pytest.mark.parametrize("query", ["regionId=%FF%FE", "regionId=%ED%A0%80", "regionId=" + "x" * 4000, "=", "&&", "%"])
def test_no_query_breaks_anything(mp: TompClient, query: str) -> None:
    assert mp.get(f"/operator/available-assets?{query}").status in (200, 400)


def test_unknown_parameters_are_ignored(mp: TompClient) -> None:
    assert mp.get("/operator/regions?colour=blue").status == 200


def test_a_body_over_a_mebibyte_is_refused(mp: TompClient) -> None:
    body = b'{"x": "' + b"a" * (1024 * 1024) + b'"}'
    assert_error(mp.post("/planning/offers", body), 413, 2002)
    just_fits = b'{"x": "' + b"a" * (1024 * 1024 - 9) + b'"}'
    assert len(just_fits) == 1024 * 1024
    assert_error(mp.post("/planning/offers", just_fits), 400, 2001)


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_a_body_of_another_media_type_is_refused(mp: TompClient, media_type: str) -> None:
    assert_error(mp.post("/planning/offers", b"{}", content_type=media_type), 415, 2002)


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "application/hal+json"])
def test_every_json_is_read(mp: TompClient, media_type: str) -> None:
    assert_error(mp.post("/planning/offers", b'{"useAssets": ["x"]}', content_type=media_type), 400, 2001)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"1",
        b"\xff",
        b'{"lat": NaN}',
        b'{"lat": Infinity}',
        b'{"a": 1e999}',
        b'{"from": "\\ud800"}',
        b'{"from": {"name": "\\u0000"}}',
        b'{"\\u0000": 1}',
        b'{"a":' * 60 + b"1" + b"}" * 60,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
)
def test_a_body_that_is_no_tomp_json_is_refused(mp: TompClient, body: bytes) -> None:
    assert_error(mp.post("/planning/offers", body), 400, 2002)


def test_what_accept_says_changes_nothing(mp: TompClient) -> None:
    answer = mp.get("/operator/regions", headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"] == "application/json"


def test_a_refused_call_costs_one_statement(mp: TompClient) -> None:
    mp.get("/operator/regions")
    with CaptureQueriesContext(connection) as statements:
        mp.get("/operator/regions?limit=-1")
        mp.get("/operator/regions", headers={"Api": None})
    assert len(statements) == 2
