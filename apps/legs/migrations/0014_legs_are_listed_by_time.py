from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0013_a_jammed_lock_is_found"),
        ("bookings", "0009_found_by_traveller"),
        ("legs", "0013_corrections"),
        ("parking", "0002_plates_are_forgotten"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(fields=["-departure_time"], name="leg_latest_first"),
        ),
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("actual_departure_time__isnull", False)),
                fields=["actual_departure_time"],
                name="leg_by_when_it_was_ridden",
            ),
        ),
    ]
