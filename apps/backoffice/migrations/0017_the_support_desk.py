"""The support desk: who helps travellers. What staff change of damages and requests is noted."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

SEEN = (
    "operator.view_operator",
    "stations.view_region",
    "stations.view_station",
    "assets.view_assettype",
    "assets.view_asset",
    "bookings.view_booking",
    "legs.view_leg",
    "legs.view_lockcommand",
    "customers.view_customeraccount",
    "payments.view_journalentry",
    "parking.view_parkedcar",
    "history.view_transition",
    "webhooks.view_outboxmessage",
)
SUPPORT_DESK = (
    *SEEN,
    "support.change_supportrequest",
    "support.view_supportrequest",
    "bookings.change_booking",
    "legs.change_leg",
    "customers.change_customeraccount",
    "customers.customeraccount.see_personal_data",
    "legs.legevent.see_user_location",
    "assets.view_damage",
    "assets.add_damage",
    "assets.change_damage",
)
ROLES = {"Support desk": SUPPORT_DESK, "Auditor": ("support.view_supportrequest",)}
PERSONAL = ("location", "contact", "asset_named", "urls")


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Make the role, and give each what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0016_docks_by_asset_type"),
        ("assets", "0012_damages"),
        ("customers", "0001_initial"),
        ("legs", "0008_lock_commands"),
        ("parking", "0001_initial"),
        ("support", "0002_statuses_are_only_added"),
    ]

    operations = [
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        note_changes("assets_damage", hidden=("description", "pictures", "component_name")),
        note_changes("support_supportrequest", hidden=PERSONAL),
    ]
