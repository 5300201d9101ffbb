"""Everybody sees which plan applies where; what staff change of it is noted."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

SEEN = ("pricing.view_pricingrule",)
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0012_alerts_by_staff_are_noted"),
        ("history", "0004_changes_are_noted"),
        ("pricing", "0004_where_a_plan_applies"),
    ]

    operations = [
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        note_changes("pricing_pricingrule"),
    ]
