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
    dependencies = [("backoffice", "0021_all_roles")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
