"""Requests no client should send: each is answered by Django with the one error object, and logs no traceback."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory, override_settings

from apps.tomp.error_responses import bad_request
from tests.tomp.test_requests import assert_error
from tests.tomp_client import Answer, TompClient
from tomp_backoffice.wsgi import application


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "[::1", "x/../y", "127.0.0.1:80:80", "\udcff"])
@pytest.mark.parametrize("path", ["/tomp/operator/ping", "/tomp/nothing", "/tomp", "/tomp/bookings/"])
def test_a_foreign_host(mp: TompClient, host: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Answer(mp.client.get(path, headers=mp.headers, SERVER_NAME=host, HTTP_HOST=host))
    assert_error(answer, 400, 7002)
    assert "Host" in answer.body["detail"]
    assert answer.headers["Content-Language"] == "en"
    assert not [record for record in caplog.records if record.exc_info]


def test_a_foreign_host_of_the_admin_gets_a_page(client: Client) -> None:
    response = client.get("/admin/login/", HTTP_HOST="evil.example")
    assert (response.status_code, response.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert logging.getLogger("django.security.DisallowedHost").getEffectiveLevel() == logging.CRITICAL


def test_more_query_parameters_than_are_read(mp: TompClient) -> None:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert mp.get("/operator/stations?" + "a=1&" * (most - 1)).status == 200
    answer = mp.get("/operator/stations?" + "a=1&" * (most + 1))
    assert_error(answer, 400, 1002)
    assert str(most) in answer.body["detail"]


@pytest.mark.django_db
def test_what_fails_outside_all_views_is_the_error_object_too(mp: TompClient) -> None:
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "tests.tomp.test_odd_requests.broken_middleware"]):
        client = Client(raise_request_exception=False)
        answer = Answer(client.get("/tomp/operator/ping", headers=mp.headers))
        page = client.get("/admin/login/")
    assert_error(answer, 500, 7005)
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=utf-8")


def broken_middleware(get_response: Any) -> Any:
    """A middleware that fails for every request."""

    def middleware(request: Any) -> Any:
        raise RuntimeError("broken")

    return middleware


def test_whatever_django_finds_suspicious_is_a_400() -> None:
    response = bad_request(RequestFactory().get("/tomp/x"), SuspiciousOperation("said to nobody"))
    assert response.status_code == 400
    assert b"said to nobody" not in response.content


def sent_in_chunks(mp: TompClient, body: bytes, *, terminated: bool = True) -> tuple[str, bytes]:
    """The status and body that the WSGI application answers to a POST without a Content-Length."""
    environ = RequestFactory().generic("POST", "/tomp/planning/offers", headers=mp.headers).environ
    environ |= {
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": terminated,
    }
    environ.pop("CONTENT_LENGTH", None)
    statuses: list[str] = []
    answer = b"".join(application(environ, lambda status, *_: statuses.append(status)))
    return statuses[0], answer


@pytest.mark.django_db(transaction=True)  # the application closes the connection, as it does for every real request
def test_a_body_in_chunks_is_read_where_the_server_tells_its_end(mp: TompClient) -> None:
    for body, status, says in (
        (b'{"useAssets": ["x"]}', "400", b"from is missing"),
        (b'{"useAssets"', "400", b"no JSON"),
        (b" " * (1024 * 1024 + 1), "413", b"larger than"),
        (b"", "400", b"is missing"),
    ):
        line, answer = sent_in_chunks(mp, body)
        assert line.startswith(status), line
        assert says in answer
    line, answer = sent_in_chunks(mp, b"not read", terminated=False)
    assert (line[:3], b"no JSON" in answer) == ("400", False)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "FOO", "get"])
@pytest.mark.parametrize("path", ["/tomp/operator/ping", "/tomp/nothing", "/tomp/bookings/%00", "/tomp//bookings"])
def test_odd_methods_break_nothing(mp: TompClient, method: str, path: str) -> None:
    response = mp.client.generic(method, path, headers=mp.headers)
    assert response.status_code in {200, 404, 405}
    if response.status_code >= 400 and method != "HEAD":
        assert_error(Answer(response), response.status_code, response.json()["errorcode"])


@pytest.mark.parametrize("path", ["/bookings/%FF", "/bookings/a%00b", "/legs/%ED%A0%80", "/legs/x%0ASet-Cookie:x"])
def test_odd_ids_are_unknown(mp: TompClient, path: str) -> None:
    assert mp.get(path).status == 404


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 30, ""])
def test_an_odd_content_length_breaks_nothing(mp: TompClient, length: str) -> None:
    response = mp.client.generic(
        "POST",
        "/tomp/planning/offers",
        b"{}",
        content_type="application/json",
        headers=mp.headers,
        CONTENT_LENGTH=length,
    )
    assert response.status_code in {400, 413}
    assert_error(Answer(response), response.status_code, response.json()["errorcode"])


@pytest.mark.parametrize("value", ["\x00", "é" * 30, "\udcff", "tomp_000000000000_" + "é" * 30, "a" * 60000])
@pytest.mark.parametrize("name", ["X-API-Key", "Authorization", "maas-id", "Accept-Language", "If-None-Match"])
def test_odd_headers_break_nothing(mp: TompClient, name: str, value: str) -> None:
    headers = {**mp.headers, name: value}
    if name == "Authorization":
        headers = {**headers, "X-API-Key": "", name: f"Basic {value}"}
    response = mp.client.get("/tomp/operator/stations", headers=headers)
    assert response.status_code in {200, 400, 401, 403}
    if response.status_code >= 400:
        assert_error(Answer(response), response.status_code, response.json()["errorcode"])


@pytest.mark.parametrize("path", ["/admin/?x=%00", "/admin/bookings/booking/?state=%00", "/admin/assets/asset/?q=%00"])
def test_a_nul_in_the_query_of_the_admin_is_refused(admin_client: Client, path: str) -> None:
    assert admin_client.get(path).status_code == 400


@pytest.mark.django_db
def test_a_nul_in_a_cookie_of_the_admin_is_refused(client: Client) -> None:
    assert client.get("/admin/login/", HTTP_COOKIE=r'sessionid="aaaaaaaa\000"').status_code == 400
