"""The tables of this app."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("history", "0001_initial"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PressedButton",
            fields=[
                ("token", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(editable=False)),
                ("staff", models.CharField(editable=False, max_length=150, verbose_name="by")),
                ("subject_table", models.CharField(editable=False, max_length=63, verbose_name="what")),
                ("subject_id", models.CharField(editable=False, max_length=40, verbose_name="id")),
                (
                    "kind",
                    models.CharField(
                        choices=[("INSERT", "added"), ("UPDATE", "changed"), ("DELETE", "deleted")],
                        editable=False,
                        max_length=6,
                    ),
                ),
                ("before", models.JSONField(editable=False)),
                ("after", models.JSONField(editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_table", "subject_id", "id"], name="change_of_subject"),
                    models.Index(fields=["staff", "id"], name="change_by_staff"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(editable=False, max_length=20)),
                ("subject_id", models.CharField(editable=False, max_length=40)),
                ("booking_id", models.UUIDField(editable=False, null=True)),
                ("event", models.CharField(editable=False, max_length=40)),
                ("from_state", models.CharField(editable=False, max_length=30)),
                ("to_state", models.CharField(editable=False, max_length=30)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("TO", "staff"),
                            ("MP", "MaaS provider"),
                            ("END_USER", "end user, through the MP"),
                            ("OTHER", "other party"),
                            ("CLOCK", "clock"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("actor_name", models.CharField(blank=True, editable=False, max_length=150)),
                ("reason", models.TextField(blank=True, editable=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booking_id", "id"], name="transition_of_booking"),
                    models.Index(fields=["subject_kind", "subject_id", "id"], name="transition_of_subject"),
                ],
            },
        ),
    ]
