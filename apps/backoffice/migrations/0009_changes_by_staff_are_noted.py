"""What staff may change in the admin is noted as it was and as it is then."""

from django.db import migrations

from apps.history.auditing import note_changes

PERSON = ("customer", "extra_info", "from_place", "to_place")
TABLES: dict[str, tuple[str, ...]] = {
    "auth_group": (),
    "auth_group_permissions": (),
    "auth_user": ("password",),
    "auth_user_groups": (),
    "auth_user_user_permissions": (),
    "operator_operator": (),
    "operator_systemhours": (),
    "operator_systemcalendar": (),
    "providers_provider": (),
    "providers_credential": ("secret_sha256",),
    "providers_oauthclient": ("client_secret",),
    "providers_callbackendpoint": ("secret", "signing_key"),
    "processes_processprofile": (),
    "processes_profileversion": (),
    "stations_region": (),
    "stations_station": (),
    "pricing_pricingplan": (),
    "pricing_farepart": (),
    "assets_lockgateway": ("secret",),
    "assets_assettype": (),
    "assets_asset": (),
    "assets_assetidentifier": (),
    "assets_ticket": ("code",),
    "assets_ancillary": (),
    "assets_ancillarystock": (),
    "customers_customeraccount": ("email", "details", "external_id"),
    "telemetry_telemetrykey": ("secret_sha256",),
    "parking_parkedcar": ("plate",),
    "bookings_booking": PERSON,
    "legs_leg": ("from_place", "to_place", "travelers", "progress_geometry"),
    "payments_invoice": (),
}


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("backoffice", "0008_who_sees_ancillaries"),
        ("history", "0004_changes_are_noted"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("providers", "0003_oauth_client"),
        ("processes", "0001_initial"),
        ("stations", "0001_initial"),
        ("pricing", "0001_initial"),
        ("assets", "0010_ancillaries_licences_and_needs"),
        ("customers", "0001_initial"),
        ("telemetry", "0001_initial"),
        ("parking", "0001_initial"),
        ("bookings", "0001_initial"),
        ("legs", "0001_initial"),
        ("payments", "0003_invoices"),
    ]

    operations = [note_changes(table, hidden=hidden) for table, hidden in TABLES.items()]
