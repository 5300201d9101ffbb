from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

MOST_KILOMETERS = 10_000_000
# In PostgreSQL NaN is the largest number.
FORGET = "UPDATE assets_asset SET mileage = NULL WHERE mileage < 0 OR mileage > 10000000"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0013_a_jammed_lock_is_found"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mileage", None),
                    models.Q(("mileage__gte", 0), ("mileage__lte", MOST_KILOMETERS)),
                    _connector="OR",
                ),
                name="asset_mileage_is_a_distance",
                violation_error_message="The mileage is a number of kilometres, from 0 to 10,000,000.",
            ),
        ),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        ValidateConstraint(model_name="asset", name="asset_mileage_is_a_distance"),
    ]
