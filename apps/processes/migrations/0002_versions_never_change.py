"""A published version of a profile is never changed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.provider_id, OLD.number, OLD.document, OLD.published_at)
        IS DISTINCT FROM (NEW.provider_id, NEW.number, NEW.document, NEW.published_at) THEN
        RAISE EXCEPTION 'a published profile version never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'profile_version_never_changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER profile_version_never_changes BEFORE UPDATE ON processes_profileversion
    FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
"""
BACKWARD = """
DROP TRIGGER profile_version_never_changes ON processes_profileversion;
DROP FUNCTION refuse_version_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("processes", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
