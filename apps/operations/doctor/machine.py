"""What the doctor checks of the machine it runs on: settings, folders, the way to the broker."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import WARNING, run_checks

from apps.operations.doctor.finding import Finding
from apps.operator.selectors import check_broker
from apps.tomp.errors import TompError

GIGABYTE = 10**9
LEAST_FREE = GIGABYTE
# So many processes have left their counts behind that each scrape reads many files.
MOST_COUNTING_FILES = 1000


def settings_() -> Iterator[Finding]:
    """What Django's own checks say; in production those of `check --deploy` too."""
    messages = run_checks(include_deployment_checks=settings.PRODUCTION)
    wrong = [message for message in messages if message.level >= WARNING and not message.is_silenced()]
    for message in wrong:
        yield Finding("settings", f"{message.id}: {message.msg}", message.hint or "See docs/settings.md.")
    if not wrong:
        yield Finding("settings", "for production" if settings.PRODUCTION else "for a machine of your own")


def disk() -> Iterator[Finding]:
    """Folders that are there, can be written to, and have room."""
    folders = {"data folder": Path(settings.DATA_DIR), "metrics folder": Path(settings.METRICS_DIR)}
    wrong = [
        Finding("disk", f"the {what} {path} cannot be written to", f"Let this user write there: {_user()}.")
        for what, path in folders.items()
        if not os.access(path, os.W_OK)
    ]
    free = shutil.disk_usage(settings.DATA_DIR).free if not wrong else LEAST_FREE
    if free < LEAST_FREE:
        wrong.append(Finding("disk", f"{free / GIGABYTE:.1f} GB are free at {settings.DATA_DIR}", "Make room."))
    if len(list(Path(settings.METRICS_DIR).glob("*.db"))) > MOST_COUNTING_FILES:
        remedy = "Empty it before the processes of this machine are next started."
        wrong.append(Finding("disk", f"{settings.METRICS_DIR} has counts of too many processes", remedy))
    if settings.PRODUCTION and not Path(settings.STATIC_ROOT).is_dir():
        wrong.append(Finding("disk", "there are no static files", "Run `python manage.py collectstatic --no-input`."))
    yield from wrong or [Finding("disk", f"{free / GIGABYTE:.0f} GB are free at {settings.DATA_DIR}")]


def _user() -> str:
    return f"user id {os.getuid()}"


def broker() -> Iterator[Finding]:
    """A broker that takes a task."""
    parts = urlsplit(settings.CELERY_BROKER_URL)
    where = f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
    try:
        check_broker()
    except TompError:
        yield Finding("broker", f"{where} does not answer", "Start it, or correct CELERY_BROKER_URL.")
        return
    yield Finding("broker", f"{where} answers")
