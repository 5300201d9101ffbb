"""What staff change of alerts is noted."""

from django.db import migrations

from apps.history.auditing import note_changes

TABLES = ("operator_alert", "operator_alert_regions", "operator_alert_stations", "operator_alertperiod")


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0011_who_sees_damages"), ("history", "0004_changes_are_noted")]

    operations = [note_changes(table) for table in TABLES]
