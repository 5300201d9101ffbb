"""Who is called when the clock stands still sees when its tasks were run."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give, take

SEEN = ("operations.view_taskrun",)
ROLES = {"Integration manager": SEEN, "Auditor": SEEN}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


def take_permissions(apps: Any, schema_editor: Any) -> None:
    """Take them back."""
    take(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0017_the_support_desk"), ("operations", "0001_initial")]

    operations = [migrations.RunPython(give_permissions, take_permissions)]
