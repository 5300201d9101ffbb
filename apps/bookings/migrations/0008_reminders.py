from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0007_purged_bookings"),
        ("customers", "0001_initial"),
        ("processes", "0002_versions_never_change"),
        ("providers", "0003_oauth_client"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="reminder_at",
            field=models.DateTimeField(editable=False, help_text="When its MP is reminded of that.", null=True),
        ),
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "CONFIRMED")), fields=["reminder_at"], name="booking_to_remind_of"
            ),
        ),
    ]
