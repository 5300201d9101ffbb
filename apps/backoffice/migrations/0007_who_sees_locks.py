"""Integration managers set up lock gateways; all roles see them, and what locks were told."""

from typing import Any

from django.db import migrations

SEEN = (("assets", "lockgateway", "view"), ("legs", "lockcommand", "view"))
ROLES = {
    "Integration manager": (*SEEN, ("assets", "lockgateway", "add"), ("assets", "lockgateway", "change")),
    "Auditor": (*SEEN, ("assets", "simulatedlock", "view")),
}


def give(apps: Any, schema_editor: Any) -> None:
    """Make the permissions as Django would after all migrations, and give them."""
    for role, permissions in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for app, model, action in permissions:
            content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
                app_label=app, model=model
            )
            called = apps.get_model(app, model)._meta.verbose_name_raw
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {called}"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0006_who_sees_opening_hours"),
        ("assets", "0004_lock_gateways"),
        ("legs", "0008_lock_commands"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
