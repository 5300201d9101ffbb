"""Writing a message: with what caused it, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from structlog.testing import capture_logs

from apps.bookings.models import Booking
from apps.webhooks import nudges
from apps.webhooks.models import OutboxMessage
from apps.webhooks.tasks import deliver_due
from tests.webhooks.conftest import Enqueue
from tomp_backoffice.celery import app

pytestmark = pytest.mark.django_db


def sent_nudges() -> list[str]:
    """The tasks waiting in the broker; they are taken out."""
    found = []
    with app.connection_for_write() as broker, broker.SimpleQueue("tomp") as queue:
        while queue.qsize():
            message = queue.get_nowait()
            found.append(message.headers["task"])
            message.ack()
    return found


def test_a_worker_is_nudged_after_the_commit_and_not_before(
    write: Enqueue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sent_nudges()
    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert sent_nudges() == []

    assert sent_nudges() == [deliver_due.name]


def test_a_nudge_nobody_heard_expires(
    write: Enqueue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sent_nudges()
    before = datetime.now(UTC)
    with django_capture_on_commit_callbacks(execute=True):
        write()
    with app.connection_for_write() as broker, broker.SimpleQueue("tomp") as queue:
        message = queue.get_nowait()
        message.ack()
    waits = datetime.fromisoformat(message.headers["expires"]) - before
    assert 0 < waits.total_seconds() < settings.NUDGE_EXPIRES + 60


def test_every_periodic_task_exists_and_expires() -> None:
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        longest = max(settings.NUDGE_EXPIRES, entry["schedule"] / 24)
        assert settings.NUDGE_EXPIRES <= entry["options"]["expires"] <= longest, name


def test_what_is_rolled_back_leaves_no_message_and_no_nudge(
    write: Enqueue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sent_nudges()
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        write()
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()
    assert callbacks == []
    assert sent_nudges() == []


def test_the_body_is_what_it_was_when_the_message_was_written(write: Enqueue, booking: Booking) -> None:
    body: dict[str, Any] = {"comment": "before"}
    message = write(**body)

    body["comment"] = "after"
    booking.extra_info = {"changed": True}
    booking.save(update_fields=["extra_info"])

    message.refresh_from_db()
    assert message.body == {"operation": "CANCEL", "origin": "TO", "comment": "before"}


def test_a_broker_that_is_down_costs_the_nudge_only(
    write: Enqueue, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    elsewhere = Celery("elsewhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    elsewhere.conf.task_publish_retry = False
    elsewhere.conf.broker_transport_options = {"max_retries": 1, "interval_start": 0}
    monkeypatch.setattr(nudges, "app", elsewhere)

    with capture_logs() as logged, django_capture_on_commit_callbacks(execute=True):
        message = write()

    assert [entry["message"] for entry in logged] == [message.pk]
    assert OutboxMessage.objects.get() == message
