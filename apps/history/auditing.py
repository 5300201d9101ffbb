"""Having the database note what staff change in a table: for migrations, and for the requests of staff.

A trigger writes the row before and after, so that nothing that is done in an admin page escapes, however it is done;
and rows of `Change` are never changed or deleted. Nothing is noted where nobody of staff is named: MPs, vehicles and
the clock have their own records.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation


def note_changes(table: str, *, hidden: tuple[str, ...] = ()) -> Operation:
    """The operation of a migration that has changes of `table` noted, whose key is `id`.

    Of the columns `hidden` only that they changed is noted, not their values: secrets, and what tells of a traveller
    and has to be forgotten one day.
    """
    values = ", ".join(f"'{column}'" for column in hidden)
    create = f"""
        CREATE TRIGGER {table}_change_is_noted AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
        WHEN (current_setting('tomp.staff', true) <> '') EXECUTE FUNCTION history_note_change({values})
    """
    return RunSQL(create, f"DROP TRIGGER {table}_change_is_noted ON {table}")


@contextmanager
def staff_named(name: str) -> Iterator[None]:
    """Whatever is changed meanwhile over this connection, `name` (a user name) changes. Two statements."""
    _name(name)
    try:
        yield
    finally:
        _name("")


def _name(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tomp.staff', %s, false)", [name])
