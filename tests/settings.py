"""The project's settings, on a database of the tests' own.

With TEST_DATABASE_URL set, on that server; else on an embedded PostgreSQL in a temporary folder, started by
the first process and shared by pytest-xdist's workers, which inherit the address.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psycopg


def _temporary_folder() -> str:
    """A folder that goes when this process does; what ran in it has been stopped by then."""
    folder = tempfile.mkdtemp(prefix="tomp-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _hurry(address: str) -> None:
    """Have the server wait for no disk: what tests write need not outlive the machine."""
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


if not os.environ.get("TEST_DATABASE_URL"):
    from tomp_backoffice import embedded_postgres

    os.environ["TEST_DATABASE_URL"] = embedded_postgres.start(
        Path(_temporary_folder()) / "postgres", when_last_ends="delete"
    )
    _hurry(os.environ["TEST_DATABASE_URL"])
if "TOMP_TEST_DATA_DIR" not in os.environ:
    os.environ["TOMP_TEST_DATA_DIR"] = _temporary_folder()
os.environ["TOMP_DATA_DIR"] = os.environ["TOMP_TEST_DATA_DIR"]
os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["STATIC_ROOT"] = os.environ["TOMP_TEST_DATA_DIR"]
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _temporary_folder()  # each process' own: the others count too
for unwanted in ("TOMP_PRODUCTION", "CELERY_BROKER_URL", "DATABASE_POOL_SIZE"):
    os.environ.pop(unwanted, None)

from tomp_backoffice.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS[1:]]  # noqa: F405
CELERY_BROKER_URL = "memory://"
# Each call is kept in a statement or two after its answer; counts of statements are of what comes before.
CALL_LOG_DAYS = 0
# Each client of a test would look through all static files at its first call.
WHITENOISE_AUTOREFRESH = True
