"""The tables of this app."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("fleet", "0001_bulk_changes"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("start_maintenance", "Into maintenance"),
                            ("start_charging", "Charge"),
                            ("start_relocation", "Relocate"),
                            ("report_missing", "Report missing"),
                            ("retire", "Retire"),
                            ("return_to_service", "Return to service"),
                            ("print_labels", "Print labels"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "not begun"),
                            ("RUNNING", "under way"),
                            ("DONE", "done"),
                            ("STOPPED", "stopped"),
                        ],
                        default="DRAFT",
                        max_length=7,
                    ),
                ),
                ("total", models.PositiveIntegerField(help_text="How many assets were chosen.")),
                ("asked_by", models.CharField(help_text="The user name of who asked for it.", max_length=150)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "stopped_by",
                    models.CharField(blank=True, help_text="The user name of who stopped it.", max_length=150),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "cancelling",
                    models.BooleanField(default=False, help_text="Whether the bookings that were shown are cancelled."),
                ),
                (
                    "seen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("shown", models.PositiveIntegerField(default=0)),
                (
                    "layout",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SHEETS", "sheets of A4 with 24 labels of 70 by 37 mm"),
                            ("SINGLE", "single labels of 70 by 37 mm"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "make_codes",
                    models.BooleanField(default=False, help_text="Whether assets without a QR code get one."),
                ),
            ],
            options={
                "verbose_name": "bulk change",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "RUNNING")), fields=["id"], name="bulk_change_under_way"),
                    models.Index(
                        condition=models.Q(("state", "DRAFT")), fields=["asked_at"], name="bulk_change_not_begun"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)), fields=["ended_at"], name="bulk_change_ended"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "DRAFT"),
                            ("action", "print_labels"),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bulk_change_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["DRAFT", "RUNNING"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["DONE", "STOPPED"])),
                            _connector="OR",
                        ),
                        name="bulk_change_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelSheets",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="label_sheets", to="fleet.bulkchange"
                    ),
                ),
            ],
            options={
                "verbose_name": "label sheets",
                "verbose_name_plural": "label sheets",
            },
        ),
        migrations.CreateModel(
            name="BulkChangeAsset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("WAITING", "waits for its turn"),
                            ("DONE", "done"),
                            ("SKIPPED", "left as it was"),
                            ("FAILED", "failed"),
                            ("STOPPED", "stopped before its turn"),
                        ],
                        default="WAITING",
                        max_length=7,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ALREADY", "it was so already"),
                            ("IN_SERVICE", "in service already"),
                            ("IN_USE", "in use"),
                            ("RETIRED", "retired"),
                            ("JOB", "a maintenance job is not over"),
                            ("PROMISED", "promised to a booking"),
                            ("NOT_SHOWN", "promised to a booking that was not shown before"),
                            ("NO_CODE", "without a QR code"),
                            ("CODE_MADE", "a QR code was made"),
                            ("CANCELLED", "its bookings were cancelled"),
                            ("REFUSED", "refused"),
                            ("BROKEN", "something is wrong with the software: see its log"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "detail",
                    models.CharField(blank=True, help_text="Which bookings, or what the refusal says.", max_length=500),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bulk_changes", to="assets.asset"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="fleet.bulkchange"
                    ),
                ),
            ],
            options={
                "verbose_name": "asset of a bulk change",
                "verbose_name_plural": "assets of bulk changes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "WAITING")), fields=["change"], name="bulk_change_asset_waiting"
                    ),
                    models.Index(fields=["-change", "-id"], name="bulk_change_asset_as_listed"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("change", "asset"), name="asset_is_once_in_a_bulk_change"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["SKIPPED", "FAILED"]), _negated=True),
                            models.Q(("why", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="asset_left_as_it_was_says_why",
                    ),
                ],
            },
        ),
    ]
