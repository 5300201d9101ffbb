"""/health/live and /health/ready: what a load balancer asks, by whatever address, without TLS."""

import socket

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from tests.operator.test_ping import broker

AS_PRODUCTION = {"SECURE_SSL_REDIRECT": True, "ALLOWED_HOSTS": ["backoffice.example"]}


def test_it_lives_without_asking_anybody() -> None:
    # No database: pytest-django refuses every statement of this test.
    with override_settings(**AS_PRODUCTION):
        answer = Client().get("/health/live", headers={"Host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.json()) == (200, {"process": "ok"})


@pytest.mark.django_db
def test_it_is_ready_in_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with override_settings(**AS_PRODUCTION), django_assert_num_queries(2):
        answer = Client().get("/health/ready", headers={"Host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "broker": "ok"})


@pytest.mark.django_db
def test_it_is_not_ready_before_its_migrations_are_applied() -> None:
    MigrationRecorder(connection).record_unapplied("operations", "0001_tables")
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "1 to be applied")


@pytest.mark.django_db
def test_migrations_of_newer_code_do_not_matter() -> None:
    MigrationRecorder(connection).record_applied("operations", "9999_of_the_future")
    assert Client().get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_it_is_not_ready_without_a_broker() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with broker(f"redis://:secret@127.0.0.1:{unused.getsockname()[1]}/0"):
            answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["broker"]) == (503, "does not answer")
    assert b"secret" not in answer.content


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_without_a_database() -> None:
    before = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        answer = Client().get("/health/ready")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = before
    assert answer.status_code == 503
    assert answer.json() == {"database": "does not answer", "migrations": "unknown", "broker": "ok"}


@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/metrics"])
def test_they_are_only_read(address: str) -> None:
    assert Client().post(address).status_code == 405
