"""Whether this process can serve: what a load balancer asks before it sends requests here."""

from functools import cache

from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from apps.operator.selectors import check_broker, check_database
from apps.tomp.errors import TompError

OK = "ok"


def readiness() -> dict[str, str]:
    """`ok`, or what is wrong, of database, migrations and broker. Two statements."""
    found = {"database": OK, "migrations": OK, "broker": OK}
    try:
        check_database()
        missing = unapplied_migrations()
        if missing:
            found["migrations"] = f"{len(missing)} to be applied"
    except (TompError, DatabaseError):
        found |= {"database": "does not answer", "migrations": "unknown"}
    try:
        check_broker()
    except TompError:
        found["broker"] = "does not answer"
    return found


@cache
def _latest() -> frozenset[tuple[str, str]]:
    """The last migration of each app that this code brings; read from the files once per process."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def unapplied_migrations() -> list[str]:
    """Of each app with migrations to be applied the last one, as `app.name`. One statement.

    Those of newer code, which another process may have applied, do no harm. Raises `DatabaseError` where the database
    does not answer, or has no table of migrations yet.
    """
    latest = _latest()
    applied = MigrationRecorder.Migration.objects.filter(name__in={name for _, name in latest})
    return sorted(f"{app}.{name}" for app, name in latest - set(applied.values_list("app", "name")))
