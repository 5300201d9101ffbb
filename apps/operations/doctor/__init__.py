"""What is wrong with an installation, and what to do about it: a list of checks, each of them able to stand alone."""

from collections.abc import Callable, Iterator
from itertools import chain

from django.db import DatabaseError, connection

from apps.operations.doctor import machine, state
from apps.operations.doctor.finding import Finding

# In the order of asking: what stands below the next comes first.
OF_THE_MACHINE: tuple[Callable[[], Iterator[Finding]], ...] = (machine.settings_, machine.disk, machine.broker)
OF_THE_SERVER: tuple[Callable[[], Iterator[Finding]], ...] = (state.database, state.clock)
OF_THE_TABLES: tuple[Callable[[], Iterator[Finding]], ...] = (
    state.secrets,
    state.tasks,
    state.sweeps,
    state.outbox,
    state.invariants,
)


def examine() -> Iterator[Finding]:
    """Everything, each finding as soon as it is there; what needs the database is left out where it does not answer."""
    yield from chain.from_iterable(check() for check in OF_THE_MACHINE)
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(
            "database",
            f"it does not answer: {str(error).splitlines()[0]}",
            "Start PostgreSQL, or correct DATABASE_URL. Nothing else about the database was checked.",
        )
        return
    yield from chain.from_iterable(check() for check in OF_THE_SERVER)
    migrations = list(state.migrations())
    yield from migrations
    if all(finding.is_well for finding in migrations):
        yield from chain.from_iterable(check() for check in OF_THE_TABLES)
