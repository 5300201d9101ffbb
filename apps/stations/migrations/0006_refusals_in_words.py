from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0005_a_region_lasts_some_time"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="station",
            name="station_lies_on_earth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__gte", -90), ("latitude__lte", 90), ("longitude__gte", -180), ("longitude__lte", 180)
                ),
                name="station_lies_on_earth",
                violation_error_message="The latitude lies from -90 to 90 and the longitude from -180 to 180.",
            ),
        ),
    ]
