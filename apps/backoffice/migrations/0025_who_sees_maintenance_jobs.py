"""Fleet managers plan and run maintenance; the support desk and auditors see it. What staff change of it is noted."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

SEEN = ("assets.view_maintenancejob",)
RUN = (*SEEN, "assets.change_maintenancejob")
ROLES = {"Fleet manager": RUN, "Support desk": SEEN, "Auditor": SEEN, "Administrator": RUN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0024_the_feeds_key_is_not_copied"),
        ("assets", "0016_maintenance_jobs"),
    ]

    operations = [
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        note_changes("assets_maintenancejob"),
    ]
