"""Who sets up the process of an MP has it checked before it goes live; auditors see the results."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

CHECKED = ("integration.view_golivecheck", "integration.add_golivecheck")
ROLES = {
    "Integration manager": CHECKED,
    "Administrator": CHECKED,
    "Auditor": ("integration.view_golivecheck",),
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0022_files_wait_to_be_confirmed"),
        ("integration", "0001_go_live_checks"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
