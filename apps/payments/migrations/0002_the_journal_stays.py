"""An entry is invoiced once; nothing else of it is ever changed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'INVOICED'
        OR to_jsonb(OLD) - 'state' - 'invoice_id' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'invoice_id'
    THEN
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
    # Databases made before these were put together have them.
    replaces = [
        ("payments", "0002_entries_are_only_added"),
        ("payments", "0003_invoices"),
        ("payments", "0004_claims"),
        ("payments", "0005_decisions_on_claims_are_noted"),
        ("payments", "0006_journal_findings"),
        ("payments", "0007_refund_limits"),
        ("payments", "0008_journal_pages_by_index"),
        ("payments", "0009_entries_are_counted_by_day"),
    ]

    dependencies = [
        ("payments", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
