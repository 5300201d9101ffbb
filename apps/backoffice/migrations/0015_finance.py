"""Finance closes invoices, charges and gives back, and decides on claims; auditors see all of that."""

from typing import Any

from django.db import migrations

from apps.backoffice.grants import give

SEEN = ("payments.view_journalentry", "payments.view_invoice", "payments.view_claim")
AROUND = (
    "operator.view_operator",
    "providers.view_provider",
    "pricing.view_pricingplan",
    "bookings.view_booking",
    "legs.view_leg",
    "history.view_transition",
    "webhooks.view_outboxmessage",
    "webhooks.view_deliveryattempt",
)
ROLES = {
    "Finance": (*SEEN, *AROUND, "payments.add_invoice", "payments.add_claim", "payments.change_claim"),
    "Auditor": SEEN,
}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Make the role; give each what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0014_who_sees_calls"),
        ("payments", "0004_claims"),
        ("bookings", "0001_initial"),
        ("history", "0001_initial"),
        ("legs", "0001_initial"),
        ("operator", "0001_initial"),
        ("pricing", "0001_initial"),
        ("providers", "0001_initial"),
        ("webhooks", "0001_initial"),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
