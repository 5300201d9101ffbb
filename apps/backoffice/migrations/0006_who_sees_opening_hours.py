"""Everybody sees when we are open; auditors also see what the legs of an offer hold."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("operator.view_systemhours", "operator.view_systemcalendar")
ROLES = {"Integration manager": SEEN, "Auditor": (*SEEN, "planning.view_offerleg")}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0005_who_sees_parked_cars"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("planning", "0002_an_offer_has_legs"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
