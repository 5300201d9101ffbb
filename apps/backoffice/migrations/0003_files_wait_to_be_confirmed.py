"""The table of Django's database cache in which files wait between their preview and their import."""

from django.db import migrations

FORWARD = """
CREATE TABLE backoffice_waiting_file (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX waiting_file_expires ON backoffice_waiting_file (expires);
"""
BACKWARD = "DROP TABLE backoffice_waiting_file;"


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("backoffice", "0003_oauth_clients"),
    ]

    dependencies = [("backoffice", "0002_changes_by_staff_are_noted")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
