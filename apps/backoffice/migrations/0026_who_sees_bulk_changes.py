"""Who runs the fleet sees which of its assets were changed at once; so do auditors."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("fleet.view_bulkchange", "fleet.view_bulkchangeasset")
ROLES = {"Fleet manager": SEEN, "Administrator": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0028_saved_filters"),
        ("fleet", "0001_bulk_changes"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
