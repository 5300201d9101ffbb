from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0004_docks_by_asset_type"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("area_start_time", None),
                    ("area_end_time", None),
                    ("area_end_time__gt", models.F("area_start_time")),
                    _connector="OR",
                ),
                name="region_lasts_some_time",
                violation_error_message="The end has to lie after the start.",
            ),
        ),
    ]
