"""Who sets up the process of an MP sees what it calls us for; auditors see everything."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("calls.view_call",)
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0013_who_sees_pricing_rules"),
        ("calls", "0001_calls_and_their_counts"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
