"""Roles as groups: who sets up the process of an MP, and who only looks."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN_BY_ALL = {
    "operator": ("operator",),
    "stations": ("region", "station"),
    "assets": ("assettype", "asset"),
    "pricing": ("pricingplan",),
    "bookings": ("booking",),
    "legs": ("leg",),
    "history": ("transition",),
    "webhooks": ("outboxmessage", "deliveryattempt"),
    "processes": ("processprofile", "profileversion"),
    "providers": ("provider", "credential", "callbackendpoint"),
}
INTEGRATION_MANAGER = (
    "processes.add_processprofile",
    "processes.change_processprofile",
    "providers.add_provider",
    "providers.change_provider",
    "providers.add_callbackendpoint",
    "providers.change_callbackendpoint",
    "providers.change_credential",
    "webhooks.change_outboxmessage",
)
AUDITOR = (
    "assets.view_assetidentifier",
    "assets.view_reservation",
    "pricing.view_farepart",
    "legs.view_legevent",
    "payments.view_journalentry",
    "planning.view_offer",
    "auth.view_user",
    "auth.view_group",
)
EVERYBODY = tuple(f"{app}.view_{model}" for app, models in SEEN_BY_ALL.items() for model in models)
ROLES = {"Integration manager": (*EVERYBODY, *INTEGRATION_MANAGER), "Auditor": (*EVERYBODY, *AUDITOR)}


def create_roles(apps: Any, schema_editor: Any) -> None:
    """Make each role; one that staff have made by that name gets what it lacks."""
    give(apps, ROLES)


def remove_roles(apps: Any, schema_editor: Any) -> None:
    """Take the roles away; permissions stay."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("assets", "0001_initial"),
        ("bookings", "0001_initial"),
        ("history", "0001_initial"),
        ("legs", "0001_initial"),
        ("operator", "0001_initial"),
        ("payments", "0001_initial"),
        ("planning", "0001_initial"),
        ("pricing", "0001_initial"),
        ("processes", "0001_initial"),
        ("providers", "0001_initial"),
        ("stations", "0001_initial"),
        ("webhooks", "0001_initial"),
    ]

    operations = [migrations.RunPython(create_roles, remove_roles)]
