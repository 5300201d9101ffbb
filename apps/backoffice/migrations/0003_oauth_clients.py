"""What the roles may do with the OAuth clients of MPs: the same as with their keys."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give, take

VIEW, CHANGE = "providers.view_oauthclient", "providers.change_oauthclient"
ADDED = {"Integration manager": (VIEW, CHANGE), "Auditor": (VIEW,)}


def add_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ADDED)


def remove_permissions(apps: Any, schema_editor: Any) -> None:
    """Take them from each role."""
    take(apps, ADDED)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_who_sees_telemetry_keys"),
        ("providers", "0003_oauth_client"),
    ]

    operations = [migrations.RunPython(add_permissions, remove_permissions)]
