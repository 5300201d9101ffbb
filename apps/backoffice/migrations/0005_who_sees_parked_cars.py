"""Auditors see parked cars; who works at the counter is given the rest by hand, as for the fleet."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give


def add_permission(apps: Any, schema_editor: Any) -> None:
    """Give it to the role."""
    give(apps, {"Auditor": ("parking.view_parkedcar",)})


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0004_who_loads_tickets"),
        ("parking", "0001_initial"),
    ]

    operations = [migrations.RunPython(add_permission, migrations.RunPython.noop)]
