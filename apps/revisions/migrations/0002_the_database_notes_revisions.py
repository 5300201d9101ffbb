"""Each statement that writes what an answer is made of notes a revision."""

from django.db import migrations

# The arguments are a subject and the columns of times, of our own migrations (`apps.revisions.triggers`).
FORWARD = """
CREATE FUNCTION note_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revisions_revision (subject, at) VALUES (TG_ARGV[0], clock_timestamp());
    IF TG_NARGS > 1 AND TG_OP <> 'DELETE' THEN
        EXECUTE format(
            'INSERT INTO revisions_revision (subject, at, planned)
            SELECT DISTINCT %L, moment, true FROM written, unnest(ARRAY[%s]) moment
            WHERE moment > clock_timestamp()',
            TG_ARGV[0], array_to_string(TG_ARGV[1:], ',')
        );
    END IF;
    RETURN NULL;
END $$;
"""
BACKWARD = "DROP FUNCTION note_revision();"


class Migration(migrations.Migration):
    dependencies = [
        ("revisions", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
