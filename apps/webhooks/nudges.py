"""Telling a worker that there is something to deliver, without ever depending on its hearing it."""

import structlog
from django.conf import settings
from kombu.exceptions import OperationalError

from tomp_backoffice.celery import app

log = structlog.get_logger(__name__)


def deliver_soon(message_id: int) -> None:
    """Ask a worker to look at the outbox now. A broker that is down costs the nudge only."""
    try:
        app.send_task("apps.webhooks.tasks.deliver_due", expires=settings.NUDGE_EXPIRES)
    except (OperationalError, OSError) as error:
        log.warning("no nudge sent; the sweep will deliver", message=message_id, error=str(error))
