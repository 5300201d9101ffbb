"""Everybody sees when we are open; auditors also see what the legs of an offer hold."""

from typing import Any

from django.db import migrations

SEEN = {("operator", "systemhours"): "opening hours", ("operator", "systemcalendar"): "calendar entry"}
ROLES = {"Integration manager": SEEN, "Auditor": {**SEEN, ("planning", "offerleg"): "offer leg"}}


def give(apps: Any, schema_editor: Any) -> None:
    """Make the permissions as Django would after all migrations, and give them."""
    for role, models in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for (app, model), called in models.items():
            content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
                app_label=app, model=model
            )
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=f"view_{model}", defaults={"name": f"Can view {called}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0005_who_sees_parked_cars"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("planning", "0002_an_offer_has_legs"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
