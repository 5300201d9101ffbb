"""Integration managers make and revoke the keys with which vehicles report; auditors see them."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

ROLES = {
    "Integration manager": (
        "telemetry.view_telemetrykey",
        "telemetry.add_telemetrykey",
        "telemetry.change_telemetrykey",
    ),
    "Auditor": ("telemetry.view_telemetrykey",),
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_roles"), ("telemetry", "0001_initial")]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
