"""The tables of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("parking", "0001_initial"),
        ("parking", "0002_plates_are_forgotten"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParkedCar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plate",
                    models.CharField(
                        help_text="Kept in capitals, without spaces and dashes; forgotten some time after the stay.",
                        max_length=20,
                        verbose_name="licence plate",
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="parked since")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="stay ended")),
                (
                    "asset_type",
                    models.ForeignKey(
                        help_text="Of the class PARKING: its pricing plan is the tariff.",
                        limit_choices_to={"asset_class": "PARKING"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parked_cars",
                        to="assets.assettype",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parked_cars", to="stations.station"
                    ),
                ),
            ],
            options={
                "ordering": ["-since"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("plate", ""), _negated=True),
                        fields=["ended_at"],
                        name="parked_car_plate_to_forget",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("plate",),
                        name="parked_car_is_parked_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("plate__regex", "^[^[:space:][:punct:][:lower:]]+$"),
                            models.Q(("ended_at__isnull", False), ("plate", "")),
                            _connector="OR",
                        ),
                        name="parked_car_plate_is_written_in_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("since")), _connector="OR"),
                        name="parked_car_leaves_after_it_came",
                    ),
                ],
            },
        ),
    ]
