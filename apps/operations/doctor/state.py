"""What the doctor checks in the database, and by what is written there: clock, tasks, outbox, what must always hold."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from django.db import ProgrammingError, connection
from django.db.models import Model
from django.utils import timezone

from apps.assets.locks.models import LockGateway
from apps.bookings.invariants import INVARIANTS, breaches
from apps.operations.backlog import waiting
from apps.operations.doctor.finding import Finding
from apps.operations.health import unapplied_migrations
from apps.operations.models import TaskRun
from apps.operations.task_runs import PATIENCE, late_tasks
from apps.operations.undelivered import undelivered
from apps.providers.models import CallbackEndpoint
from apps.webhooks.models import DeliveryState

OLDEST_POSTGRESQL = 15
MOST_CONNECTIONS = 0.8
CLOCKS_MAY_DIFFER = timedelta(seconds=2)
# How long what is due may wait for its sweep, and a message for its MP.
SWEPT_WITHIN = timedelta(minutes=2)
DELIVERED_WITHIN = timedelta(minutes=15)
# How what Fernet has encrypted begins: its version, and a time stamp of this and the coming centuries.
ENCRYPTED = "gAAAA"
CONNECTIONS = """
    SELECT count(*), current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


def database() -> Iterator[Finding]:
    """A server that is new enough, with connections to spare."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        used, most = cursor.fetchone()
        cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000")
        version, major = cursor.fetchone()
    if major < OLDEST_POSTGRESQL:
        yield Finding(
            "database", f"PostgreSQL {version}", f"Update it: {OLDEST_POSTGRESQL} is the oldest that will do."
        )
    elif used > most * MOST_CONNECTIONS:
        remedy = "Lower DATABASE_POOL_SIZE or the number of processes, or raise max_connections."
        yield Finding("database", f"{used} of {most} connections are taken", remedy)
    else:
        yield Finding("database", f"PostgreSQL {version}, {used} of {most} connections are taken")


def clock() -> Iterator[Finding]:
    """The clock of this machine and the database's, which expiries and leases go by."""
    asked = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    answered = timezone.now()
    apart = max(asked - theirs, theirs - answered, timedelta(0))
    said = f"{apart.total_seconds():.1f} seconds from the database's"
    yield Finding("clock", said, "Let both machines follow NTP." if apart > CLOCKS_MAY_DIFFER else "")


def migrations() -> Iterator[Finding]:
    """Every migration of this code is applied."""
    try:
        missing = ", ".join(unapplied_migrations())
    except ProgrammingError:
        missing = "any"
    if missing:
        remedy = "Run `python manage.py migrate`. Nothing of what is in the tables was checked."
        yield Finding("migrations", f"not applied: {missing}", remedy)
    else:
        yield Finding("migrations", "all applied")


def secrets() -> Iterator[Finding]:
    """What is kept encrypted can be read with our keys."""
    kept: tuple[tuple[type[Model], str], ...] = ((CallbackEndpoint, "secret"), (LockGateway, "secret"))
    for model, field in kept:
        secret = model._default_manager.exclude(**{field: None}).values_list(field, flat=True).first()
        # What cannot be decrypted is handed out as it is kept.
        if secret is not None and secret.startswith(ENCRYPTED):
            remedy = "Set SECRET_KEY and SALT_KEY to what they were when this database was written."
            yield Finding("secrets", f"those of {model._meta.verbose_name_plural} cannot be read", remedy)
            return
    yield Finding("secrets", "they can be read")


def tasks() -> Iterator[Finding]:
    """Workers run what the beat sends."""
    latest = TaskRun.objects.order_by("-ended_at").first()
    late = late_tasks(now=timezone.now())
    if latest is None or latest.ended_at < timezone.now() - PATIENCE:
        seen = f"none has ended since {_moment(latest.ended_at)}" if latest else "none has ever ended"
        yield Finding("tasks", seen, "Start the beat and a worker; see that they reach the broker and the database.")
        return
    for one in late:
        since = f"since {_moment(one.since)}" if one.since else "ever"
        yield Finding("tasks", f"{one.task} has not ended well {since}", "Look for its name in the worker's log.")
    if not late:
        yield Finding("tasks", f"the last one ended on {latest.worker}")


def sweeps() -> Iterator[Finding]:
    """Nothing that is due waits for long."""
    behind = {name: waited for name, waited in waiting(now=timezone.now()).items() if waited > SWEPT_WITHIN}
    for name, waited in behind.items():
        said = f"{name}: the oldest has waited for {_length(waited)}"
        yield Finding(
            "sweeps", said, "Where tasks run, look for `row not swept` in the worker's log; else start a worker."
        )
    if not behind:
        yield Finding("sweeps", "none is behind")


def outbox() -> Iterator[Finding]:
    """Messages reach their MPs."""
    now, found = timezone.now(), False
    for messages in undelivered():
        waited = now - messages.oldest
        said = f"{messages.count} for {messages.maas_id}, the oldest from {_length(waited)} ago"
        if messages.state == DeliveryState.FAILED:
            found = True
            remedy = "See in the admin under Messages what the MP answered; send them again once that is put right."
            yield Finding("outbox", f"parked: {said}", remedy)
        elif waited > DELIVERED_WITHIN:
            found = True
            yield Finding("outbox", f"not delivered: {said}", "See in the admin under Messages how the attempts ended.")
    if not found:
        yield Finding("outbox", "nothing is stuck")


def invariants() -> Iterator[Finding]:
    """What must hold of bookings, legs, assets, messages and the journal at any moment."""
    broken = breaches(now=timezone.now())
    for invariant, rows in groupby(broken, key=lambda breach: breach.invariant):
        found = list(rows)
        said = f"{invariant[:-1]}: broken {len(found)} times, first by {found[0].subject}, {found[0].problem}"
        yield Finding("invariants", said, "Report it with this line: it is an error in the program.")
    if not broken:
        yield Finding("invariants", f"all {len(INVARIANTS)} hold")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
