"""A correction stays as it was made."""

from django.db import migrations

FORWARD = (
    "CREATE TRIGGER correction_is_append_only BEFORE UPDATE OR DELETE ON legs_correction "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
)
BACKWARD = "DROP TRIGGER correction_is_append_only ON legs_correction"


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("legs", "0003_given_an_asset_by_the_clock"),
        ("legs", "0004_riders_of_a_group"),
        ("legs", "0005_issues_and_times_asked_for"),
        ("legs", "0006_how_a_ride_went"),
        ("legs", "0007_bill_of_a_parked_car"),
        ("legs", "0008_lock_commands"),
        ("legs", "0009_progress_told"),
        ("legs", "0010_replacements_asked_for"),
        ("legs", "0011_ancillaries"),
        ("legs", "0012_reminders_and_time_over"),
        ("legs", "0013_corrections"),
        ("legs", "0014_legs_are_listed_by_time"),
    ]

    dependencies = [
        ("history", "0002_records_stay"),
        ("legs", "0002_keys"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
