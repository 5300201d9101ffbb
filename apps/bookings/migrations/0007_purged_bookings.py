import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0006_customer_account"),
        ("providers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PurgedBooking",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("gone_at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.provider"
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state__in", ["EXPIRED", "RELEASED", "REJECTED"])),
                fields=["expires_at"],
                name="booking_to_purge",
            ),
        ),
    ]
