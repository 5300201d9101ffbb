"""The tables of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("telemetry", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="TelemetryKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "label",
                    models.CharField(help_text="Who reports with it, such as 'scooters of 2026'.", max_length=100),
                ),
                ("prefix", models.CharField(editable=False, max_length=12, unique=True)),
                ("secret_sha256", models.CharField(editable=False, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty for a key that is valid until it is revoked.",
                        null=True,
                        verbose_name="expires",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None), ("expires_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="telemetry_key_expires_after_it_is_made",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrailPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("mileage", models.FloatField(help_text="km", null=True)),
                ("in_use", models.BooleanField(help_text="Read on a ride, or so late that it may have been.")),
                (
                    "asset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trail",
                        to="assets.asset",
                    ),
                ),
            ],
            options={
                "ordering": ["asset_id", "at"],
                "indexes": [models.Index(fields=["at"], name="trail_point_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "at"), name="trail_point_is_one_of_its_moment"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude", None), ("longitude", None)),
                            models.Q(
                                ("latitude__gte", -90),
                                ("latitude__lte", 90),
                                ("longitude__gte", -180),
                                ("longitude__lte", 180),
                            ),
                            _connector="OR",
                        ),
                        name="trail_point_lies_on_earth",
                    ),
                ],
            },
        ),
    ]
