"""A place to play an MP where nothing is real: a database of its own, made for one check and dropped after it.

A process of its own works there (`manage.py play_in_sandbox`), which is told the address of that database and no other,
a broker in its own memory and simulated services. So whatever it does, no asset, booking, message or invoice is real.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import environ
from django.conf import settings
from django.db import connection

NAME = "tomp_sandbox_{}"
TIME_LIMIT_SECONDS = 300
# What of our own surroundings the sandbox must not have.
KEPT_OUT = (
    "DATABASE_URL_FILE",
    "DATABASE_POOL_SIZE",
    "CELERY_BROKER_URL_FILE",
    "DJANGO_SETTINGS_MODULE",
    "EKEY_SERVICE_TOKEN",
    "EKEY_SERVICE_TOKEN_FILE",
    "EKEY_SERVICE_URL_FILE",
    "TELEMETRY_MQTT_URL",
    "TELEMETRY_MQTT_URL_FILE",
)


@contextmanager
def database(number: int) -> Iterator[str]:
    """The address of an empty database, until the end of the block. One that was left behind by a crash is replaced."""
    name = NAME.format(number)
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{name}"')
    try:
        yield _address_of(name)
    finally:
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def play(address: str, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Have `task` done in the database at `address`; yields what is told of it, an object at a time.

    A process that takes longer than five minutes, or whose caller stops listening, is killed. Where it ended badly, the
    last object has a `failure`.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "play_in_sandbox"],
        cwd=settings.BASE_DIR,
        env=_environment(address),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    alarm = threading.Timer(TIME_LIMIT_SECONDS, process.kill)
    alarm.start()
    complaints: list[str] = []
    listener = threading.Thread(target=lambda: complaints.extend(process.stderr or ()), daemon=True)
    listener.start()
    try:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        with process.stdin:
            process.stdin.write(json.dumps(task))
        yield from (json.loads(line) for line in process.stdout)
        code = process.wait()
        listener.join()
        if code:
            said = "".join(complaints[-5:]).strip() or "nothing"
            yield {"failure": f"The sandbox ended with code {code}, saying: {said}"}
    finally:
        alarm.cancel()
        process.kill()
        process.wait()


def _address_of(name: str) -> str:
    """The address of another database on our server."""
    return urlsplit(environ.FileAwareEnv().str("DATABASE_URL"))._replace(path=f"/{name}").geturl()


def _environment(address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in KEPT_OUT}
    return {
        **kept,
        "DATABASE_URL": address,
        "CELERY_BROKER_URL": "memory://",
        "EKEY_SERVICE_URL": "simulated:",
        "CALL_LOG_DAYS": "0",
        "LOG_LEVEL": "CRITICAL",
    }


def _on_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:  # what Django's own test runner makes its databases with
        cursor.execute(statement)
