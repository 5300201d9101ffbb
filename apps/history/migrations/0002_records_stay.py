"""Rows of the two records are never changed or deleted; and what notes the changes of staff."""

from django.db import migrations

ONLY_ADDED = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;
CREATE TRIGGER transition_is_append_only BEFORE UPDATE OR DELETE ON history_transition
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
CHANGEABLE = """
DROP TRIGGER transition_is_append_only ON history_transition;
DROP FUNCTION refuse_change();
"""
NOTE = """
CREATE FUNCTION history_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
-- Notes the columns of a row that differ; of those named in the trigger's arguments, without their values.
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    is_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    hidden text[] := coalesce(TG_ARGV, '{}');
    differing text[] := ARRAY(
        SELECT name FROM jsonb_object_keys(was || is_now) AS name WHERE was -> name IS DISTINCT FROM is_now -> name
    );
BEGIN
    IF cardinality(differing) > 0 THEN
        INSERT INTO history_change (at, staff, subject_table, subject_id, kind, before, after)
        SELECT
            clock_timestamp(), current_setting('tomp.staff'), TG_TABLE_NAME,
            coalesce(is_now ->> 'id', was ->> 'id'), TG_OP,
            coalesce(
                jsonb_object_agg(name, CASE WHEN name = ANY (hidden) THEN '"…"' ELSE was -> name END)
                    FILTER (WHERE was ? name),
                '{}'
            ),
            coalesce(
                jsonb_object_agg(name, CASE WHEN name = ANY (hidden) THEN '"…"' ELSE is_now -> name END)
                    FILTER (WHERE is_now ? name),
                '{}'
            )
        FROM unnest(differing) AS name;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER change_is_append_only BEFORE UPDATE OR DELETE ON history_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
FORGET = """
DROP TRIGGER change_is_append_only ON history_change;
DROP FUNCTION history_note_change();
"""


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("history", "0002_rows_are_only_added"),
        ("history", "0003_change"),
        ("history", "0004_changes_are_noted"),
        ("history", "0005_forms_are_sent_once"),
    ]

    dependencies = [
        ("history", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(ONLY_ADDED, CHANGEABLE),
        migrations.RunSQL(NOTE, FORGET),
    ]
