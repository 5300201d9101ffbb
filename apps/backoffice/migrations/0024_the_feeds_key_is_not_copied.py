"""Of the feed's key only that there is a new one is noted, not its hash."""

from django.db import migrations

from apps.history.auditing import note_changes

TABLE = "operator_operator"
DROP = f"DROP TRIGGER {TABLE}_change_is_noted ON {TABLE}"


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0023_who_checks_before_going_live"),
        ("operator", "0005_apps_of_ours_and_the_feed"),
    ]

    operations = [
        migrations.RunSQL(DROP, note_changes(TABLE).sql),
        note_changes(TABLE, hidden=("gbfs_key_sha256",)),
    ]
