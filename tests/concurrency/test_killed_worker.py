"""A real Celery worker, killed with SIGKILL in the middle of a delivery."""

import os
import signal
from pathlib import Path

import pytest
from django.db import connection

from apps.webhooks.models import DeliveryState, OutboxMessage
from apps.webhooks.services import enqueue
from tests import factories
from tests.concurrency.installation import BEAT, WORKER, running
from tests.mp_server import MpServer, wait_until


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
    with MpServer() as mp_server, running(BEAT, tmp_path):
        factories.CallbackEndpointFactory(
            provider=provider, base_url=mp_server.base_url, authentication="BEARER", secret="s3cret"
        )
        mp_server.hang()
        first, second = (
            enqueue(booking=booking, subject=subject, path=f"/bookings/{booking.pk}/events", body={})
            for subject in ("PREPARE", "CANCEL")
        )

        with running(WORKER, tmp_path) as worker:
            mp_server.wait_for_requests(1)
            os.killpg(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
        found = OutboxMessage.objects.order_by("id").values_list("state", "leased_until")
        assert [(state, bool(lease)) for state, lease in found] == [("PENDING", True), ("PENDING", False)]
        mp_server.recover()

        with running(WORKER, tmp_path):
            wait_until(lambda: OutboxMessage.objects.filter(state=DeliveryState.DELIVERED).count() == 2, seconds=40)
            # Tasks come every few seconds; of the eight threads hardly any holds a connection between them.
            wait_until(lambda: connections_of_others() <= 1, seconds=40)

        keys = [request.headers["Idempotency-Key"] for request in mp_server.received]
        assert keys == [str(first.key), str(first.key), str(second.key)]
        assert mp_server.received[2].headers["Authorization"] == "Bearer s3cret"
        first.refresh_from_db()
        told = [(attempt.status, attempt.error) for attempt in first.delivery_attempts.order_by("id")]
        assert told == [(None, "no result: the worker stopped during this attempt"), (200, "")]
