"""The tables of this app."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("planning", "0001_initial"),
        ("planning", "0002_an_offer_has_legs"),
        ("planning", "0003_an_offer_is_told_by_its_legs"),
        ("planning", "0004_bill_of_a_parked_car"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
        ("parking", "0001_tables"),
        ("processes", "0001_tables"),
        ("providers", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("valid_until", models.DateTimeField()),
                ("departure_time", models.DateTimeField()),
                ("arrival_time", models.DateTimeField(null=True)),
                ("to_place", models.JSONField(null=True)),
                (
                    "profile_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="processes.profileversion"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="providers.provider"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["valid_until"], name="offer_to_purge")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("arrival_time", None), ("arrival_time__gt", models.F("departure_time")), _connector="OR"
                        ),
                        name="offer_arrives_after_it_departs",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferLeg",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_place", models.JSONField()),
                ("fare", models.JSONField()),
                ("conditions", models.JSONField(default=list)),
                (
                    "travelers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        help_text="Their reference numbers.",
                        size=None,
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assets.asset"
                    ),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assets.assettype"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legs", to="planning.offer"
                    ),
                ),
                (
                    "parked_car",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parking.parkedcar"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stations.station"
                    ),
                ),
            ],
            options={
                "ordering": ["offer_id", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "asset"), name="offer_leg_has_an_asset_of_its_own")
                ],
            },
        ),
    ]
