"""Fleet managers and administrators; who gives money back, and up to where; who sees what was changed by staff."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

# What the fleet manager runs, and what they look at.
RUN = {
    "assets": ("assettype", "asset", "assetidentifier", "ancillary", "ancillarystock", "ticket", "damage"),
    "stations": ("region", "station", "assettypecapacity"),
    "operator": ("systemhours", "systemcalendar", "alert", "alertperiod"),
    "parking": ("parkedcar",),
}
LOOKED_AT = {
    "operator": ("operator",),
    "assets": ("reservation", "lockgateway"),
    "pricing": ("pricingplan", "pricingrule"),
    "bookings": ("booking",),
    "legs": ("leg", "lockcommand"),
    "support": ("supportrequest",),
    "telemetry": ("telemetrykey",),
    "history": ("transition",),
}
FLEET_MANAGER = (
    *(f"{app}.{verb}_{model}" for app, models in RUN.items() for model in models for verb in ("view", "add", "change")),
    *(f"{app}.view_{model}" for app, models in LOOKED_AT.items() for model in models),
    "operator.delete_alert",
    "operator.delete_alertperiod",
    "operator.delete_systemhours",
    "operator.delete_systemcalendar",
    "stations.delete_region",
)
# What administrators do besides: whatever else can be done in the admin.
ADMINISTERED = {
    **RUN,
    "assets": (*RUN["assets"], "lockgateway"),
    "operator": ("operator", *RUN["operator"]),
    "pricing": ("pricingplan", "pricingrule", "farepart"),
    "providers": ("provider", "callbackendpoint"),
    "processes": ("processprofile",),
    "telemetry": ("telemetrykey",),
    "payments": ("refundlimit",),
    "auth": ("user", "group"),
}
CHANGED = {
    "providers": ("credential", "oauthclient"),
    "bookings": ("booking",),
    "legs": ("leg",),
    "customers": ("customeraccount",),
    "support": ("supportrequest",),
    "payments": ("claim",),
    "webhooks": ("outboxmessage",),
}
SEEN = {
    "assets": ("reservation",),
    "calls": ("call",),
    "history": ("transition", "change"),
    "legs": ("lockcommand", "legevent"),
    "operations": ("taskrun",),
    "payments": ("journalentry", "invoice", "journalfinding"),
    "processes": ("profileversion",),
    "webhooks": ("deliveryattempt",),
}
ADMINISTRATOR = (
    *(
        f"{app}.{verb}_{model}"
        for app, models in ADMINISTERED.items()
        for model in models
        for verb in ("view", "add", "change", "delete")
    ),
    *(f"{app}.{verb}_{model}" for app, models in CHANGED.items() for model in models for verb in ("view", "change")),
    *(f"{app}.view_{model}" for app, models in SEEN.items() for model in models),
    "payments.add_invoice",
    "payments.add_claim",
    "customers.customeraccount.see_personal_data",
    "legs.legevent.see_user_location",
)
FINANCE = (
    *(f"pricing.{verb}_{model}" for model in ("pricingplan", "pricingrule", "farepart") for verb in ("add", "change")),
    "pricing.view_pricingrule",
    "pricing.view_farepart",
    "pricing.delete_farepart",
    "pricing.delete_pricingrule",
    "payments.view_refundlimit",
)
ROLES = {
    "Fleet manager": FLEET_MANAGER,
    "Administrator": ADMINISTRATOR,
    "Finance": FINANCE,
    "Support desk": ("payments.add_claim", "payments.view_claim", "operator.view_alert"),
    "Auditor": ("history.view_change", "payments.view_refundlimit"),
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Make the roles that are new; give each what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0020_login_rules"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("history", "0003_change"),
        ("assets", "0012_damages"),
        ("operations", "0001_initial"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("payments", "0007_refund_limits"),
        ("telemetry", "0001_initial"),
        ("support", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        note_changes("payments_refundlimit"),
    ]
