"""The tables of this app."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("revisions", "0001_initial"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("OPERATOR", "the operator"),
                            ("HOURS", "opening hours"),
                            ("CALENDAR", "calendar"),
                            ("ALERTS", "alerts"),
                            ("REGIONS", "regions"),
                            ("STATIONS", "stations"),
                            ("ASSET_TYPES", "asset types"),
                            ("PLANS", "pricing plans"),
                            ("PROCESSES", "processes of MPs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("times", models.PositiveBigIntegerField(db_default=1)),
                ("planned", models.BooleanField(db_default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["subject"], name="revision_by_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "subject__in",
                                [
                                    "OPERATOR",
                                    "HOURS",
                                    "CALENDAR",
                                    "ALERTS",
                                    "REGIONS",
                                    "STATIONS",
                                    "ASSET_TYPES",
                                    "PLANS",
                                    "PROCESSES",
                                ],
                            )
                        ),
                        name="revision_is_of_a_known_subject",
                    )
                ],
            },
        ),
    ]
