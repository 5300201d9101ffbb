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
    "operator_operator": ("gbfs_key_sha256",),
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
    "payments_claim": ("description", "account", "meta", "body_sha256"),
    "payments_refundlimit": (),
    "operator_alert": (),
    "operator_alert_regions": (),
    "operator_alert_stations": (),
    "operator_alertperiod": (),
    "pricing_pricingrule": (),
    "stations_assettypecapacity": (),
    "assets_damage": ("description", "pictures", "component_name"),
    "assets_maintenancejob": (),
    "support_supportrequest": ("location", "contact", "asset_named", "urls"),
    "backoffice_loginrule": (),
    "backoffice_savedfilter": (),
    "otp_totp_totpdevice": ("key",),
    "otp_static_staticdevice": (),
}


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("backoffice", "0002_who_sees_telemetry_keys"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("history", "0002_records_stay"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
        ("assets", "0002_keys"),
        ("bookings", "0002_keys"),
        ("legs", "0002_keys"),
        ("operator", "0001_tables"),
        ("providers", "0001_tables"),
        ("processes", "0001_tables"),
        ("stations", "0001_tables"),
        ("pricing", "0001_tables"),
        ("customers", "0002_tables"),
        ("telemetry", "0001_tables"),
        ("parking", "0001_tables"),
        ("payments", "0001_tables"),
        ("support", "0001_tables"),
        ("backoffice", "0001_tables"),
    ]

    operations = [note_changes(table, hidden=hidden) for table, hidden in TABLES.items()]
