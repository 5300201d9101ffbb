from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("bookings", "0009_found_by_traveller")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="forgotten_at",
            field=models.DateTimeField(editable=False, help_text="When its traveller was forgotten.", null=True),
        ),
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(
                    ("forgotten_at", None), ("state__in", ["REJECTED", "RELEASED", "EXPIRED", "CANCELLED", "FINISHED"])
                ),
                fields=["departure_time"],
                name="booking_to_forget",
            ),
        ),
    ]
