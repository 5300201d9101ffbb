"""Integration managers load and withdraw tickets; auditors see them."""

from typing import Any

from django.db import migrations

ROLES = {
    "Integration manager": ("view_ticket", "add_ticket", "delete_ticket"),
    "Auditor": ("view_ticket",),
}


def give(apps: Any, schema_editor: Any) -> None:
    """Make the permissions as Django would after all migrations, and give them."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="assets", model="ticket"
    )
    for role, codenames in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for codename in codenames:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0003_oauth_clients"), ("assets", "0007_stock_of_tickets")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
