"""For migrations: let the database note that a table which an answer is made of was written."""

from typing import Any

from django.db import migrations

from apps.revisions.models import Subject

WRITES = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def note_revisions(table: str, subject: Subject, *moments: str) -> migrations.RunSQL:
    """The operation after which each statement that writes `table` notes a revision of `subject`, also a bulk one.

    `moments` are the table's columns of times at which what is told of it changes by itself, such as an end. The
    migration depends on `("revisions", "0002_the_database_notes_revisions")`.
    """
    arguments = ", ".join(f"'{text}'" for text in (subject.value, *moments))
    create: list[str | tuple[str, Any]] = [
        f"CREATE TRIGGER revisions_noted_{write.lower()} AFTER {write} ON {table} "
        f"REFERENCING {rows} TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_revision({arguments})"
        for write, rows in WRITES.items()
    ]
    drop: list[str | tuple[str, Any]] = [f"DROP TRIGGER revisions_noted_{write.lower()} ON {table}" for write in WRITES]
    return migrations.RunSQL(create, drop)
