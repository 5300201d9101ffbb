"""Auditors see parked cars; who works at the counter is given the rest by hand, as for the fleet."""

from importlib import import_module
from typing import Any

from django.db import migrations

roles = import_module("apps.backoffice.migrations.0001_roles")


def add_permission(apps: Any, schema_editor: Any) -> None:
    """Give it to the role."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Auditor")
    group.permissions.add(roles._permission(apps, "parking.view_parkedcar"))


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0004_who_loads_tickets"),
        ("parking", "0001_initial"),
    ]

    operations = [migrations.RunPython(add_permission, migrations.RunPython.noop)]
