"""Finance and auditors see what in the journal does not add up."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("payments.view_journalfinding",)
ROLES = {"Finance": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0018_who_sees_the_clock"),
        ("payments", "0006_journal_findings"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
