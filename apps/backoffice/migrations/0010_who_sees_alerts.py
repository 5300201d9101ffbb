"""Everybody sees what travellers are alerted to."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("operator.view_alert", "operator.view_alertperiod")
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0009_changes_by_staff_are_noted"),
        ("operator", "0003_alerts"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
