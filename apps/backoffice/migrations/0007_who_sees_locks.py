"""Integration managers set up lock gateways; all roles see them, and what locks were told."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("assets.view_lockgateway", "legs.view_lockcommand")
ROLES = {
    "Integration manager": (*SEEN, "assets.add_lockgateway", "assets.change_lockgateway"),
    "Auditor": (*SEEN, "assets.view_simulatedlock"),
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0006_who_sees_opening_hours"),
        ("assets", "0004_lock_gateways"),
        ("legs", "0008_lock_commands"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
