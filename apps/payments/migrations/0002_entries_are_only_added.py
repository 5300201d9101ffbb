from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state' THEN
        RAISE EXCEPTION 'journal entries are added, never edited or deleted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'journal_is_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON payments_journalentry
    FOR EACH ROW EXECUTE FUNCTION refuse_journal_change();
"""
BACKWARD = """
DROP TRIGGER journal_is_append_only ON payments_journalentry;
DROP FUNCTION refuse_journal_change();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
