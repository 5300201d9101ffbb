from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0014_mileage_is_a_distance"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="asset",
            name="asset_lies_on_earth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__gte", -90), ("latitude__lte", 90), ("longitude__gte", -180), ("longitude__lte", 180)
                ),
                name="asset_lies_on_earth",
                violation_error_message="The latitude lies from -90 to 90 and the longitude from -180 to 180.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="asset",
            name="asset_charge_is_a_percentage",
            constraint=models.CheckConstraint(
                condition=models.Q(("state_of_charge", None), ("state_of_charge__lte", 100), _connector="OR"),
                name="asset_charge_is_a_percentage",
                violation_error_message="The state of charge is a percentage, from 0 to 100.",
            ),
        ),
    ]
