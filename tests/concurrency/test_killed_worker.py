"""A real Celery worker, killed with SIGKILL in the middle of a delivery."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from apps.webhooks.models import DeliveryState, OutboxMessage
from apps.webhooks.services import enqueue
from tests import factories
from tests.mp_server import MpServer, wait_until

PROJECT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 5
WORKER = ["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
BEAT = ["beat", "--pidfile="]


def address_of_the_database() -> str:
    """The database this test runs on, as a DATABASE_URL for another process."""
    of = connection.settings_dict
    login = ":".join(quote(str(part), safe="") for part in (of["USER"], of["PASSWORD"]) if part)
    host = str(of["HOST"] or "")
    options = {**of["OPTIONS"], **({"host": host} if host.startswith("/") else {})}
    server = "" if host.startswith("/") else f"{host}:{of['PORT']}" if of["PORT"] else host
    return f"postgres://{login}@{server}/{of['NAME']}?{urlencode(options)}"


@contextmanager
def celery(arguments: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery process with its broker and log in `folder`; ended with SIGKILL, if it still runs."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tomp_backoffice.settings",
        "DATABASE_URL": address_of_the_database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "TOMP_DATA_DIR": str(folder),
        "TOMP_OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    with (folder / "celery.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tomp_backoffice", *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    except BaseException:
        print((folder / "celery.log").read_text()[-4000:])
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def connections_of_others() -> int:
    """Connections to this test's database, our own not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_a_worker_is_killed_while_an_mp_hangs(tmp_path: Path) -> None:
    factories.OperatorFactory()
    provider = factories.ProviderFactory()
    booking = factories.BookingFactory(provider=provider)
    with MpServer() as mp_server, celery(BEAT, tmp_path):
        factories.CallbackEndpointFactory(
            provider=provider, base_url=mp_server.base_url, authentication="BEARER", secret="s3cret"
        )
        mp_server.hang()
        first, second = (
            enqueue(booking=booking, subject=subject, path=f"/bookings/{booking.pk}/events", body={})
            for subject in ("PREPARE", "CANCEL")
        )

        with celery(WORKER, tmp_path) as worker:
            mp_server.wait_for_requests(1)
            os.killpg(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
        found = OutboxMessage.objects.order_by("id").values_list("state", "leased_until")
        assert [(state, bool(lease)) for state, lease in found] == [("PENDING", True), ("PENDING", False)]
        mp_server.recover()

        with celery(WORKER, tmp_path):
            wait_until(lambda: OutboxMessage.objects.filter(state=DeliveryState.DELIVERED).count() == 2, seconds=40)
            # Tasks come every few seconds; of the eight threads hardly any holds a connection between them.
            wait_until(lambda: connections_of_others() <= 1, seconds=40)

        keys = [request.headers["Idempotency-Key"] for request in mp_server.received]
        assert keys == [str(first.key), str(first.key), str(second.key)]
        assert mp_server.received[2].headers["Authorization"] == "Bearer s3cret"
        first.refresh_from_db()
        told = [(attempt.status, attempt.error) for attempt in first.delivery_attempts.order_by("id")]
        assert told == [(None, "no result: the worker stopped during this attempt"), (200, "")]
