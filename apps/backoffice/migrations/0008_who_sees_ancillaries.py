"""Everybody sees what can be taken along."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("assets.view_ancillary", "assets.view_ancillarystock")
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0007_who_sees_locks"),
        ("assets", "0010_ancillaries_licences_and_needs"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
