import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import apps.stations.models
from apps.revisions.models import Subject
from apps.revisions.triggers import note_revisions


class Migration(migrations.Migration):
    dependencies = [
        ("revisions", "0002_the_database_notes_revisions"),
        ("assets", "0012_damages"),
        ("stations", "0003_where_the_key_is"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetTypeCapacity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capacity", models.PositiveIntegerField(help_text="Docks or places, taken and free.")),
            ],
            options={
                "verbose_name": "capacity for an asset type",
                "verbose_name_plural": "capacity by asset type",
            },
        ),
        migrations.AddField(
            model_name="station",
            name="is_valet_station",
            field=models.BooleanField(default=False, help_text="Somebody there takes any number of assets."),
        ),
        migrations.AddField(
            model_name="station",
            name="parking_hoop",
            field=models.BooleanField(
                blank=True, help_text="Places are kept free by parking hoops. Unknown: not told.", null=True
            ),
        ),
        migrations.AddField(
            model_name="station",
            name="rental_method_other",
            field=models.CharField(blank=True, help_text="Which one, where it is another.", max_length=100),
        ),
        migrations.AddField(
            model_name="station",
            name="rental_methods",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("KEY", "key"),
                        ("CASH", "cash"),
                        ("BANKCARD", "bank card"),
                        ("CREDITCARD", "credit card"),
                        ("PAYPASS", "PayPass"),
                        ("APPLEPAY", "Apple Pay"),
                        ("ANDROIDPAY", "Android Pay"),
                        ("TRANSITCARD", "public transport card"),
                        ("ACCOUNTNUMBER", "account number"),
                        ("PHONE", "phone"),
                        ("OTHER", "other"),
                    ],
                    max_length=13,
                ),
                blank=True,
                default=list,
                help_text="How to pay there.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="station",
            name="station_area",
            field=models.JSONField(
                blank=True,
                help_text="GeoJSON Polygon, of a station without docks.",
                null=True,
                validators=[apps.stations.models.validate_polygon],
            ),
        ),
        migrations.AddConstraint(
            model_name="station",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rental_method_other", ""), ("rental_methods__contains", ["OTHER"]), _connector="OR"
                ),
                name="station_names_the_other_way_to_pay",
                violation_error_message="Name another way to pay only where “other” is ticked.",
            ),
        ),
        migrations.AddField(
            model_name="assettypecapacity",
            name="asset_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assets.assettype"
            ),
        ),
        migrations.AddField(
            model_name="assettypecapacity",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="type_capacities", to="stations.station"
            ),
        ),
        migrations.AddConstraint(
            model_name="assettypecapacity",
            constraint=models.UniqueConstraint(
                fields=("station", "asset_type"), name="station_has_one_capacity_per_asset_type"
            ),
        ),
        note_revisions("stations_assettypecapacity", Subject.STATIONS),
    ]
