"""The tables of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("integration", "0001_go_live_checks"),
    ]

    initial = True

    dependencies = [
        ("processes", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoLiveCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_by", models.CharField(help_text="The user name of who asked for it.", max_length=150)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "waits for its turn"),
                            ("RUNNING", "running"),
                            ("PASSED", "passed"),
                            ("FAILED", "failed"),
                        ],
                        default="ASKED",
                        max_length=7,
                    ),
                ),
                ("alive_at", models.DateTimeField(help_text="When its worker was last heard of.", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("stage", models.CharField(blank=True, help_text="What it is at.", max_length=200)),
                ("journeys", models.JSONField(default=list, help_text="Those that fit the profile, by name.")),
                ("steps", models.JSONField(default=list)),
                ("failure", models.TextField(blank=True)),
                ("failed_call", models.JSONField(null=True)),
                (
                    "profile_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="processes.profileversion"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.provider"
                    ),
                ),
            ],
            options={
                "verbose_name": "go-live check",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["ASKED", "RUNNING"])),
                        fields=["id"],
                        name="go_live_check_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["ASKED", "RUNNING"])),
                        fields=("provider",),
                        name="one_go_live_check_of_an_mp_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "FAILED"), _negated=True),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="go_live_check_that_failed_says_why",
                    ),
                ],
            },
        ),
    ]
