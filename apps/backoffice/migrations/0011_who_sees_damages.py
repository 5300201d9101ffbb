"""Everybody sees what is damaged."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

ROLES = {"Integration manager": ("assets.view_damage",), "Auditor": ("assets.view_damage",)}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0010_who_sees_alerts"),
        ("assets", "0012_damages"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
