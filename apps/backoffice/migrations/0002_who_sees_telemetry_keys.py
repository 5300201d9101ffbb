"""Integration managers make and revoke the keys with which vehicles report; auditors see them."""

from typing import Any

from django.db import migrations

ROLES = {
    "Integration manager": ("view_telemetrykey", "add_telemetrykey", "change_telemetrykey"),
    "Auditor": ("view_telemetrykey",),
}


def give(apps: Any, schema_editor: Any) -> None:
    """Make the permissions as Django would after all migrations, and give them."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="telemetry", model="telemetrykey"
    )
    for role, codenames in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for codename in codenames:
            name = f"Can {codename.split('_')[0]} telemetry key"
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_roles"), ("telemetry", "0001_initial")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
