"""The tables of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("calls", "0001_calls_and_their_counts"),
    ]

    initial = True

    dependencies = [
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, help_text="When it was answered.")),
                ("method", models.CharField(max_length=10)),
                ("path", models.CharField(help_text="Below the API's address, with the query.", max_length=500)),
                ("endpoint", models.CharField(help_text="The path as the API's document has it.", max_length=100)),
                ("status", models.PositiveSmallIntegerField(help_text="HTTP status.")),
                (
                    "error_code",
                    models.PositiveIntegerField(help_text="TOMP's errorcode; empty where it went well.", null=True),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        help_text="Milliseconds until the answer was ready.", verbose_name="duration"
                    ),
                ),
                ("request_body", models.TextField(blank=True, help_text="JSON; cut where it is long.")),
                ("answer_body", models.TextField(blank=True, help_text="JSON; cut where it is long.")),
                ("request_id", models.CharField(blank=True, help_text="By which our log knows it.", max_length=64)),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["provider", "-id"], name="call_of_provider"),
                    models.Index(
                        condition=models.Q(("error_code__isnull", False)),
                        fields=["provider", "-id"],
                        name="call_that_failed",
                    ),
                    models.Index(fields=["at"], name="call_to_purge"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField(help_text="Its beginning.")),
                ("endpoint", models.CharField(max_length=100)),
                ("status", models.PositiveSmallIntegerField()),
                (
                    "error_code",
                    models.PositiveIntegerField(default=0, help_text="TOMP's errorcode; 0 where it went well."),
                ),
                (
                    "within_ms",
                    models.PositiveIntegerField(
                        help_text="The step of `apps.calls.counting.STEPS_MS` they stayed below."
                    ),
                ),
                ("calls", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="call_count_to_purge")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "hour", "endpoint", "status", "error_code", "within_ms"),
                        name="calls_of_a_kind_are_counted_once_an_hour",
                    )
                ],
            },
        ),
    ]
