"""What ties them to tables that need these first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("bookings", "0002_wait_longer_and_answer_later"),
        ("bookings", "0003_nobody_came"),
        ("bookings", "0004_subscription"),
        ("bookings", "0005_notifications"),
        ("bookings", "0006_customer_account"),
        ("bookings", "0007_purged_bookings"),
        ("bookings", "0008_reminders"),
        ("bookings", "0009_found_by_traveller"),
        ("bookings", "0010_travellers_are_forgotten"),
        ("bookings", "0011_found_as_people_type"),
    ]

    initial = True

    dependencies = [
        ("bookings", "0001_tables"),
        ("legs", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="leg",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notifications", to="legs.leg"
            ),
        ),
    ]
