from django.db import migrations

from apps.revisions.models import Subject
from apps.revisions.triggers import note_revisions

FIRST = (
    f"INSERT INTO revisions_revision (subject, at) SELECT unnest(ARRAY{[str(one) for one in Subject.values]}), now()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("revisions", "0002_the_database_notes_revisions"),
        ("assets", "0002_keys"),
        ("operator", "0001_tables"),
        ("pricing", "0001_tables"),
        ("processes", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        note_revisions("operator_operator", Subject.OPERATOR),
        note_revisions("operator_systemhours", Subject.HOURS),
        note_revisions("operator_systemcalendar", Subject.CALENDAR),
        note_revisions("operator_alert", Subject.ALERTS),
        note_revisions("operator_alertperiod", Subject.ALERTS, "start_time", "end_time"),
        note_revisions("operator_alert_stations", Subject.ALERTS),
        note_revisions("operator_alert_regions", Subject.ALERTS),
        note_revisions("stations_region", Subject.REGIONS, "area_start_time", "area_end_time"),
        note_revisions("stations_station", Subject.STATIONS),
        note_revisions("stations_assettypecapacity", Subject.STATIONS),
        note_revisions("assets_assettype", Subject.ASSET_TYPES),
        note_revisions("pricing_pricingplan", Subject.PLANS),
        note_revisions("pricing_farepart", Subject.PLANS),
        note_revisions("pricing_pricingrule", Subject.PLANS, "valid_from", "valid_until"),
        note_revisions("processes_profileversion", Subject.PROCESSES),
        # What was written before is taken to be of this moment.
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
