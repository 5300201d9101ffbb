from django.db import migrations

from apps.changes.models import Subject
from apps.changes.triggers import note_changes

FIRST = f"INSERT INTO changes_change (subject, at) SELECT unnest(ARRAY{[str(one) for one in Subject.values]}), now()"


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0002_the_database_notes_changes"),
        ("assets", "0001_initial"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("pricing", "0001_initial"),
        ("processes", "0001_initial"),
        ("stations", "0001_initial"),
    ]

    operations = [
        note_changes("operator_operator", Subject.OPERATOR),
        note_changes("operator_systemhours", Subject.HOURS),
        note_changes("operator_systemcalendar", Subject.CALENDAR),
        note_changes("stations_region", Subject.REGIONS, "area_start_time", "area_end_time"),
        note_changes("stations_station", Subject.STATIONS),
        note_changes("assets_assettype", Subject.ASSET_TYPES),
        note_changes("pricing_pricingplan", Subject.PLANS),
        note_changes("pricing_farepart", Subject.PLANS),
        note_changes("processes_profileversion", Subject.PROCESSES),
        # What was written before is taken to be of this moment.
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
