"""Integration managers load and withdraw tickets; auditors see them."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

ROLES = {
    "Integration manager": ("assets.view_ticket", "assets.add_ticket", "assets.delete_ticket"),
    "Auditor": ("assets.view_ticket",),
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0003_oauth_clients"), ("assets", "0007_stock_of_tickets")]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
