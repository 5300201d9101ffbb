"""Databases of the benchmark's own, on the server that is configured. They are dropped at the end, whatever happens."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# What is PostgreSQL's own of it is unknown to the type of all databases.
_postgresql: Any = connection


class Scratch:
    """Databases named after this process; `use` lets all of Django work in one of them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.settings: dict[str, Any] = connection.settings_dict
        self.original = self.settings["NAME"]

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template`; nobody may be connected to that. Returns its name."""
        _disconnect()
        name = f"tomp_benchmark_{os.getpid()}_{len(self.names)}"
        self.names.append(name)
        # Copied file by file, which is faster than through the log for a database of gigabytes.
        source = f'TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        self._on_server(f'CREATE DATABASE "{name}" {source}')
        return name

    def use(self, name: str) -> None:
        """Work in this database from now on."""
        _disconnect()
        self.settings["NAME"] = name

    def drop(self) -> None:
        """Drop them all, and work in the installation's own database again."""
        self.use(self.original)
        for name in self.names:
            self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:  # what Django's own test runner makes its databases with
            cursor.execute(statement)


@contextmanager
def scratch_databases() -> Iterator[Scratch]:
    """Scratch databases until the end of the block, also where that is an error, Ctrl-C or SIGTERM."""
    scratch = Scratch()
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield scratch
    finally:
        scratch.drop()
        signal.signal(signal.SIGTERM, before)


def _end(*_: Any) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def _disconnect() -> None:
    connection.close()
    _postgresql.close_pool()
