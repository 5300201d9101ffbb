from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("parking", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(
            model_name="parkedcar",
            name="parked_car_plate_is_written_in_one_way",
        ),
        migrations.AlterField(
            model_name="parkedcar",
            name="plate",
            field=models.CharField(
                help_text="Kept in capitals, without spaces and dashes; forgotten some time after the stay.",
                max_length=20,
                verbose_name="licence plate",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkedcar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("plate__regex", "^[^[:space:][:punct:][:lower:]]+$"),
                    models.Q(("ended_at__isnull", False), ("plate", "")),
                    _connector="OR",
                ),
                name="parked_car_plate_is_written_in_one_way",
            ),
        ),
        AddIndexConcurrently(
            model_name="parkedcar",
            index=models.Index(
                condition=models.Q(("plate", ""), _negated=True),
                fields=["ended_at"],
                name="parked_car_plate_to_forget",
            ),
        ),
    ]
