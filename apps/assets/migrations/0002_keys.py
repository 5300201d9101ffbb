"""What ties them to tables that need these first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("assets", "0002_places_are_counted_by_pool"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
        ("pricing", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="ancillarystock",
            name="station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ancillaries",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="home_station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="home_assets",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="station",
            field=models.ForeignKey(
                blank=True,
                help_text="Where it stands.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assets",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="assettype",
            name="pricing_plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="asset_types", to="pricing.pricingplan"
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reservations",
                to="stations.station",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillarystock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asset_type__isnull", False), ("station", None)),
                    models.Q(("asset_type", None), ("station__isnull", False)),
                    _connector="OR",
                ),
                name="ancillary_stock_is_at_a_station_or_on_a_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillarystock",
            constraint=models.UniqueConstraint(
                fields=("ancillary", "station"), name="ancillary_stock_of_a_station_is_one"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("asset", None), ("released_at", None)),
                fields=["station", "asset_type"],
                name="reservation_live_place",
            ),
        ),
    ]
