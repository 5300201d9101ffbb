"""Everybody sees what fits the places of a station; what staff change of it is noted."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

SEEN = ("stations.view_assettypecapacity",)
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0015_finance"),
        ("stations", "0004_docks_by_asset_type"),
    ]

    operations = [
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        note_changes("stations_assettypecapacity"),
    ]
