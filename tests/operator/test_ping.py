"""GET /operator/ping."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.tomp_client import TompClient
from tomp_backoffice.celery import app


@contextmanager
def broker(url: str, **options: Any) -> Iterator[None]:
    """The Celery application with another broker."""
    before = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.broker_url, app.conf.broker_transport_options = url, options
    try:
        yield
    finally:
        app.conf.broker_url, app.conf.broker_transport_options = before


def assert_broker_is_missed(mp: TompClient) -> None:
    before = time.monotonic()
    response = mp.client.get("/tomp/operator/ping", headers=mp.headers)
    assert time.monotonic() - before < 2
    assert response.status_code == 500
    body = response.json()
    assert body["errorcode"] == body["errorCode"] == 1005
    assert body["status"] == 500
    assert "broker" in body["detail"]
    assert body["instance"] == response.headers["X-Request-ID"]


def test_it_answers_while_database_and_broker_do(mp: TompClient) -> None:
    answer = mp.get("/operator/ping")
    assert (answer.status, answer.body) == (200, {})


def test_it_wants_only_the_language(mp: TompClient) -> None:
    assert mp.get("/operator/ping", headers={"Api": None, "Api-Version": None, "maas-id": None}).status == 200
    answer = mp.get("/operator/ping", headers={"Accept-Language": None})
    assert (answer.status, answer.body["errorcode"]) == (400, 1001)


def test_it_wants_credentials(mp: TompClient) -> None:
    assert mp.get("/operator/ping", headers={"X-API-Key": None}).status == 401


def test_it_says_that_the_broker_refuses(mp: TompClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with broker(f"redis://127.0.0.1:{unused.getsockname()[1]}/0"):
            assert_broker_is_missed(mp)


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_it_does_not_wait_for_a_broker_that_hangs(mp: TompClient, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}//"
        with broker(address):
            assert_broker_is_missed(mp)


def test_it_writes_to_the_folder_of_a_broker_without_a_server(mp: TompClient, tmp_path: Path) -> None:
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)}
    with broker("filesystem://", **folders):
        assert mp.get("/operator/ping").status == 200
        assert list(tmp_path.iterdir()) == []


def test_it_says_that_the_folder_of_the_broker_is_gone(mp: TompClient, tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    folder.write_text("This is no folder.")
    with broker("filesystem://", data_folder_in=str(folder), data_folder_out=str(folder)):
        assert_broker_is_missed(mp)


@pytest.mark.django_db(transaction=True)
def test_it_says_that_the_database_is_gone(mp: TompClient) -> None:
    before = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        response = mp.client.get("/tomp/operator/ping", headers=mp.headers)
    finally:
        connection.close()
        connection.settings_dict["HOST"] = before
    assert response.status_code == 500
    assert response.json()["errorcode"] == 1005
