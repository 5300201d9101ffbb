"""The processes of a real installation, on the database and in the folder of a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 5
CELERY = ["celery", "-A", "tomp_backoffice"]
WORKER = [*CELERY, "worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
BEAT = [*CELERY, "beat", "--pidfile="]
WEB = ["granian", "tomp_backoffice.wsgi:application", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"]


def address_of_the_database() -> str:
    """The database this test runs on, as a DATABASE_URL for another process."""
    of = connection.settings_dict
    login = ":".join(quote(str(part), safe="") for part in (of["USER"], of["PASSWORD"]) if part)
    host = str(of["HOST"] or "")
    options = {**of["OPTIONS"], **({"host": host} if host.startswith("/") else {})}
    server = "" if host.startswith("/") else f"{host}:{of['PORT']}" if of["PORT"] else host
    return f"postgres://{login}@{server}/{of['NAME']}?{urlencode(options)}"


def environment(folder: Path) -> dict[str, str]:
    """Of a process of the installation: this test's database, and `folder` for all it keeps."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tomp_backoffice.settings",
        "DATABASE_URL": address_of_the_database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "TOMP_DATA_DIR": str(folder),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
    }


@contextmanager
def running(command: list[str], folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program (`WORKER`, `BEAT`, `WEB`) with its broker and log in `folder`.

    `variables` are added to its environment. It is ended with SIGKILL, if it still runs; after a failure the end of
    its log is printed.
    """
    file = folder / f"{command[0]}.log"
    with file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env={**environment(folder), "TOMP_OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS), **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    except BaseException:
        print(file.read_text()[-4000:])
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
