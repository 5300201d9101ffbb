"""A status stays as it was written, but for what was said, which is emptied one day."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER support_status_is_append_only BEFORE UPDATE ON support_supportstatus FOR EACH ROW
    WHEN (NEW.comment <> '' OR to_jsonb(NEW) - 'comment' IS DISTINCT FROM to_jsonb(OLD) - 'comment')
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER support_status_stays BEFORE DELETE ON support_supportstatus
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER support_status_is_append_only ON support_supportstatus;
DROP TRIGGER support_status_stays ON support_supportstatus;
"""


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("support", "0002_statuses_are_only_added"),
        ("support", "0003_texts_are_forgotten"),
    ]

    dependencies = [
        ("history", "0002_records_stay"),
        ("support", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
