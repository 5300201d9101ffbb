"""What the roles may do with the OAuth clients of MPs: the same as with their keys."""

from importlib import import_module
from typing import Any

from django.db import migrations

roles = import_module("apps.backoffice.migrations.0001_roles")
VIEW, CHANGE = "providers.view_oauthclient", "providers.change_oauthclient"
ADDED = {"Integration manager": (VIEW, CHANGE), "Auditor": (VIEW,)}


def add_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    for name, permissions in ADDED.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*(roles._permission(apps, permission) for permission in permissions))


def remove_permissions(apps: Any, schema_editor: Any) -> None:
    """Take them from each role."""
    for name, permissions in ADDED.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            group.permissions.remove(*(roles._permission(apps, permission) for permission in permissions))


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_who_sees_telemetry_keys"),
        ("providers", "0003_oauth_client"),
    ]

    operations = [migrations.RunPython(add_permissions, remove_permissions)]
