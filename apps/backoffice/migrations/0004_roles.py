"""The roles as shipped, as groups: what each may see, add, change and delete. Staff may edit them afterwards."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

ROLES = ("Administrator", "Fleet manager", "Support desk", "Finance", "Integration manager", "Auditor")
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# Of each model what each role may do, in the order of ROLES.
# fmt: off
MAY = {
    "operator.alert": ("vacd", "vacd", "v", "", "v", "v"),
    "operator.alertperiod": ("vacd", "vacd", "", "", "v", "v"),
    "operator.operator": ("vacd", "v", "v", "v", "v", "v"),
    "operator.systemcalendar": ("vacd", "vacd", "", "", "v", "v"),
    "operator.systemhours": ("vacd", "vacd", "", "", "v", "v"),
    "stations.assettypecapacity": ("vacd", "vac", "", "", "v", "v"),
    "stations.region": ("vacd", "vacd", "v", "", "v", "v"),
    "stations.station": ("vacd", "vac", "v", "", "v", "v"),
    "assets.ancillary": ("vacd", "vac", "", "", "v", "v"),
    "assets.ancillarystock": ("vacd", "vac", "", "", "v", "v"),
    "assets.asset": ("vacd", "vac", "v", "", "v", "v"),
    "assets.assetidentifier": ("vacd", "vac", "", "", "", "v"),
    "assets.assettype": ("vacd", "vac", "v", "", "v", "v"),
    "assets.damage": ("vacd", "vac", "vac", "", "v", "v"),
    "assets.lockgateway": ("vacd", "v", "", "", "vac", "v"),
    "assets.maintenancejob": ("vc", "vc", "v", "", "", "v"),
    "assets.reservation": ("v", "v", "", "", "", "v"),
    "assets.simulatedlock": ("", "", "", "", "", "v"),
    "assets.ticket": ("vacd", "vac", "", "", "vad", "v"),
    "fleet.bulkchange": ("v", "v", "", "", "", "v"),
    "fleet.bulkchangeasset": ("v", "v", "", "", "", "v"),
    "parking.parkedcar": ("vacd", "vac", "v", "", "", "v"),
    "telemetry.telemetrykey": ("vacd", "v", "", "", "vac", "v"),
    "pricing.farepart": ("vacd", "", "", "vacd", "", "v"),
    "pricing.pricingplan": ("vacd", "v", "", "vac", "v", "v"),
    "pricing.pricingrule": ("vacd", "v", "", "vacd", "v", "v"),
    "planning.offer": ("", "", "", "", "", "v"),
    "planning.offerleg": ("", "", "", "", "", "v"),
    "bookings.booking": ("vc", "v", "vc", "v", "v", "v"),
    "legs.leg": ("vc", "v", "vc", "v", "v", "v"),
    "legs.legevent": ("v", "", "", "", "", "v"),
    "legs.lockcommand": ("v", "v", "v", "", "v", "v"),
    "customers.customeraccount": ("vc", "", "vc", "", "", ""),
    "support.supportrequest": ("vc", "v", "vc", "", "", "v"),
    "payments.claim": ("vac", "", "va", "vac", "", "v"),
    "payments.invoice": ("va", "", "", "va", "", "v"),
    "payments.journalentry": ("v", "", "v", "v", "", "v"),
    "payments.journalfinding": ("v", "", "", "v", "", "v"),
    "payments.refundlimit": ("vacd", "", "", "v", "", "v"),
    "webhooks.deliveryattempt": ("v", "", "", "v", "v", "v"),
    "webhooks.outboxmessage": ("vc", "", "v", "v", "vc", "v"),
    "calls.call": ("v", "", "", "", "v", "v"),
    "providers.callbackendpoint": ("vacd", "", "", "", "vac", "v"),
    "providers.credential": ("vc", "", "", "", "vc", "v"),
    "providers.oauthclient": ("vc", "", "", "", "vc", "v"),
    "providers.provider": ("vacd", "", "", "v", "vac", "v"),
    "processes.processprofile": ("vacd", "", "", "", "vac", "v"),
    "processes.profileversion": ("v", "", "", "", "v", "v"),
    "integration.golivecheck": ("va", "", "", "", "va", "v"),
    "history.change": ("v", "", "", "", "", "v"),
    "history.transition": ("v", "v", "v", "v", "v", "v"),
    "operations.taskrun": ("v", "", "", "", "v", "v"),
    "auth.group": ("vacd", "", "", "", "", "v"),
    "auth.user": ("vacd", "", "", "", "", "v"),
}
# fmt: on
# What is not one of the four verbs.
OWN = {
    "backoffice.savedfilter.share_saved_filters": (
        "Administrator",
        "Fleet manager",
        "Finance",
        "Integration manager",
    ),
    "customers.customeraccount.see_personal_data": (
        "Administrator",
        "Support desk",
    ),
    "legs.legevent.see_user_location": (
        "Administrator",
        "Support desk",
    ),
}


def permissions_of(role: str) -> Iterator[str]:
    """Those of a role, as `grants.give` takes them."""
    for model, verbs in MAY.items():
        app, _, name = model.partition(".")
        yield from (f"{app}.{VERBS[verb]}_{name}" for verb in verbs[ROLES.index(role)])
    yield from (permission for permission, roles in OWN.items() if role in roles)


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Make each role; one that staff have made by that name gets what it lacks."""
    give(apps, {role: tuple(permissions_of(role)) for role in ROLES})


def remove_roles(apps: Any, schema_editor: Any) -> None:
    """Take the roles away; permissions stay."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("backoffice", "0004_who_loads_tickets"),
        ("backoffice", "0005_who_sees_parked_cars"),
        ("backoffice", "0006_who_sees_opening_hours"),
        ("backoffice", "0007_who_sees_locks"),
        ("backoffice", "0008_who_sees_ancillaries"),
        ("backoffice", "0009_changes_by_staff_are_noted"),
        ("backoffice", "0010_who_sees_alerts"),
        ("backoffice", "0011_who_sees_damages"),
        ("backoffice", "0012_alerts_by_staff_are_noted"),
        ("backoffice", "0013_who_sees_pricing_rules"),
        ("backoffice", "0014_who_sees_calls"),
        ("backoffice", "0015_finance"),
        ("backoffice", "0016_docks_by_asset_type"),
        ("backoffice", "0017_the_support_desk"),
        ("backoffice", "0018_who_sees_the_clock"),
        ("backoffice", "0019_who_sees_journal_findings"),
        ("backoffice", "0020_login_rules"),
        ("backoffice", "0021_all_roles"),
        ("backoffice", "0022_files_wait_to_be_confirmed"),
        ("backoffice", "0023_who_checks_before_going_live"),
        ("backoffice", "0024_the_feeds_key_is_not_copied"),
        ("backoffice", "0025_who_sees_maintenance_jobs"),
        ("backoffice", "0026_who_sees_bulk_changes"),
        ("backoffice", "0028_saved_filters"),
    ]

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("backoffice", "0003_files_wait_to_be_confirmed"),
        ("assets", "0002_keys"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("bookings", "0002_keys"),
        ("calls", "0001_tables"),
        ("customers", "0002_tables"),
        ("fleet", "0001_tables"),
        ("history", "0001_tables"),
        ("integration", "0001_tables"),
        ("legs", "0002_keys"),
        ("operations", "0001_tables"),
        ("operator", "0001_tables"),
        ("parking", "0001_tables"),
        ("payments", "0001_tables"),
        ("planning", "0001_tables"),
        ("pricing", "0001_tables"),
        ("processes", "0001_tables"),
        ("providers", "0001_tables"),
        ("stations", "0001_tables"),
        ("support", "0001_tables"),
        ("telemetry", "0001_tables"),
        ("webhooks", "0001_tables"),
    ]

    operations = [migrations.RunPython(give_permissions, remove_roles)]
