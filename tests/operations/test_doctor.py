"""`manage.py doctor`: what it finds well, what it finds wrong, and what it says to do."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone

from apps.assets.models import Asset
from apps.operations.doctor import machine, state
from apps.operations.models import TaskRun
from apps.operations.task_runs import scheduled
from apps.webhooks.models import DeliveryState, OutboxMessage
from tests import factories
from tests.backoffice.running_up import environment, manage
from tests.backoffice.test_settings import NOBODY
from tests.rides import pending
from tests.tomp_client import TompClient

CHECKS = ["settings", "disk", "broker", "database", "clock", "migrations"]
CHECKS += ["secrets", "tasks", "sweeps", "outbox", "invariants"]


@pytest.fixture
def running(db: Any) -> None:
    """Workers have just run every task of the beat."""
    now = timezone.now()
    TaskRun.objects.bulk_create(
        TaskRun(task=task, ended_at=now, succeeded_at=now, worker="celery@one") for task in scheduled()
    )


def remedies(check: Any) -> str:
    """What one check found wrong, and says to do, in one text; empty where it is well."""
    return "\n".join(f"{finding.said} → {finding.remedy}" for finding in check() if not finding.is_well)


def test_it_finds_a_running_installation_well(running: None) -> None:
    said = StringIO()
    call_command("doctor", stdout=said, no_color=True)
    assert [line.split()[:2] for line in said.getvalue().splitlines()] == [["ok", check] for check in CHECKS]


def test_it_tells_scripts_too(running: None) -> None:
    said = StringIO()
    call_command("doctor", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert [(one["check"], one["ok"], one["remedy"]) for one in told] == [(check, True, "") for check in CHECKS]


@pytest.mark.django_db
def test_it_ends_with_an_error_where_something_is_wrong() -> None:
    said = StringIO()
    with pytest.raises(CommandError, match=r"1 of 11 findings"):
        call_command("doctor", stdout=said, no_color=True)
    assert "WRONG tasks      none has ever ended\n                 → Start the beat and a worker" in said.getvalue()


def test_without_a_database_it_says_so_and_what_else_it_sees(tmp_path: Path) -> None:
    asked = manage(tmp_path, "doctor", "--json", variables={**environment(tmp_path), "DATABASE_URL": NOBODY})
    assert asked.returncode == 1
    told = json.loads(asked.stdout)
    assert [(one["check"], one["ok"]) for one in told] == [
        ("settings", True),
        ("disk", True),
        ("broker", True),
        ("database", False),
    ]
    assert "Start PostgreSQL" in told[-1]["remedy"]


@pytest.mark.django_db
def test_where_migrations_are_missing_the_tables_are_left_alone() -> None:
    MigrationRecorder(connection).record_unapplied("operations", "0001_tables")
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=said, no_color=True)
    assert "not applied: operations.0001_tables" in said.getvalue()
    assert "invariants" not in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")
    assert "manage.py migrate" in remedies(state.migrations)


@pytest.mark.django_db
def test_it_sees_a_clock_that_is_wrong() -> None:
    assert remedies(state.clock) == ""
    for wrong in (timedelta(minutes=-3), timedelta(minutes=3)):
        with time_machine.travel(timezone.now() + wrong):
            assert remedies(state.clock).startswith(("179.", "180."))


@pytest.mark.django_db
def test_it_sees_secrets_of_another_key() -> None:
    endpoint = factories.CallbackEndpointFactory(secret="of the MP")
    assert remedies(state.secrets) == ""
    theirs = "gAAAAABpIHsAsecretofanotherinstallation"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE providers_callbackendpoint SET secret = %s WHERE id = %s", [theirs, endpoint.pk])
    assert "SALT_KEY" in remedies(state.secrets)
    assert theirs not in remedies(state.secrets)


def test_it_sees_workers_that_have_stopped_and_tasks_that_fail(running: None) -> None:
    now = timezone.now()
    assert remedies(state.tasks) == ""
    TaskRun.objects.filter(task="apps.bookings.tasks.expire_due").update(succeeded_at=now - timedelta(hours=1))
    assert remedies(state.tasks).startswith("apps.bookings.tasks.expire_due has not ended well since")
    TaskRun.objects.update(ended_at=now - timedelta(hours=1))
    assert remedies(state.tasks).startswith("none has ended since")


@pytest.mark.django_db
def test_it_sees_a_sweep_that_is_behind(mp: TompClient, asset: Any) -> None:
    booking = pending(mp, asset)
    assert remedies(state.sweeps) == ""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_booking SET expires_at = now() - interval '5 minutes' WHERE id = %s", [booking])
    assert remedies(state.sweeps).startswith("expire bookings: the oldest has waited for 5 minutes")


@pytest.mark.django_db
def test_it_sees_messages_that_do_not_arrive() -> None:
    endpoint = factories.CallbackEndpointFactory()
    message = OutboxMessage.objects.create(
        provider=endpoint.provider, subject="CANCEL", method="POST", path="/bookings", body={}
    )
    assert remedies(state.outbox) == ""
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=3))
    assert remedies(state.outbox).startswith(
        f"not delivered: 1 for {message.provider.maas_id}, the oldest from 3 hours"
    )
    OutboxMessage.objects.update(state=DeliveryState.FAILED)
    assert remedies(state.outbox).startswith("parked: 1 for")


@pytest.mark.django_db
def test_it_sees_what_must_never_be(asset: Any) -> None:
    assert remedies(state.invariants) == ""
    Asset.objects.filter(pk=asset.pk).update(state="IN_USE")
    assert f"asset {asset.pk}" in remedies(state.invariants)


def test_it_sees_a_folder_that_is_full_of_counts_and_one_without_static_files(tmp_path: Path) -> None:
    assert remedies(machine.disk) == ""
    for number in range(machine.MOST_COUNTING_FILES + 1):
        (tmp_path / f"counter_{number}.db").touch()
    with override_settings(METRICS_DIR=tmp_path, PRODUCTION=True, STATIC_ROOT=tmp_path / "nothing"):
        assert "Empty it" in remedies(machine.disk)
        assert "collectstatic" in remedies(machine.disk)


def test_in_production_it_makes_djangos_checks_for_it() -> None:
    with override_settings(PRODUCTION=True, SECRET_KEY="short"):
        assert "security.W009" in remedies(machine.settings_)
        silenced = [*settings.SILENCED_SYSTEM_CHECKS, *(finding.said.split(":")[0] for finding in machine.settings_())]
    with override_settings(PRODUCTION=True, SECRET_KEY="short", SILENCED_SYSTEM_CHECKS=silenced):
        assert [finding.is_well for finding in machine.settings_()] == [True]


def test_it_does_not_tell_the_brokers_password() -> None:
    with override_settings(CELERY_BROKER_URL="redis://user:secret@broker.example:6379/0"):
        (finding,) = machine.broker()
    assert "redis://broker.example:6379" in finding.said
    assert "secret" not in finding.said
