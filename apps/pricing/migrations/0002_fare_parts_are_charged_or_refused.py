from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="farepart",
            name="fare_part_units_belong_to_flex",
        ),
        migrations.RemoveConstraint(
            model_name="farepart",
            name="fare_part_scale_has_a_unit",
        ),
        migrations.AddConstraint(
            model_name="farepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("type", "FLEX"), ("units__gt", 0), models.Q(("unit_type", ""), _negated=True)),
                    models.Q(models.Q(("type", "FLEX"), _negated=True), ("unit_type", ""), ("units", None)),
                    _connector="OR",
                ),
                name="fare_part_units_belong_to_flex",
            ),
        ),
        migrations.AddConstraint(
            model_name="farepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_type", "PERCENTAGE"), _negated=True), name="fare_part_is_no_percentage_yet"
            ),
        ),
        migrations.AddConstraint(
            model_name="farepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("maximum_amount", None),
                    ("minimum_amount", None),
                    ("scale_from", None),
                    ("scale_to", None),
                    ("scale_type", ""),
                ),
                name="fare_part_has_no_scale_or_range_yet",
            ),
        ),
    ]
