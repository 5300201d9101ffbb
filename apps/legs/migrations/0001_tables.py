"""The tables of this app."""

import uuid

import django.contrib.postgres.fields
import django.utils.timezone
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("legs", "0001_initial"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("reason", models.TextField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
            ],
            options={
                "ordering": ["leg_id", "id"],
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("NOT_STARTED", "not started"),
                            ("PREPARING", "preparing"),
                            ("IN_USE", "in use"),
                            ("PAUSED", "paused"),
                            ("FINISHING", "finishing"),
                            ("FINISHED", "finished"),
                            ("ISSUE_REPORTED", "issue reported"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="NOT_STARTED",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("asset_public_id", models.CharField(blank=True, max_length=40)),
                ("from_place", models.JSONField()),
                ("to_place", models.JSONField(null=True)),
                ("departure_time", models.DateTimeField()),
                ("arrival_time", models.DateTimeField(null=True)),
                ("actual_departure_time", models.DateTimeField(null=True)),
                ("actual_arrival_time", models.DateTimeField(null=True)),
                ("fare", models.JSONField(help_text="As agreed in the offer.")),
                ("final_fare", models.JSONField(help_text="As settled at FINISH.", null=True)),
                ("conditions", models.JSONField(default=list)),
                ("distance_meters", models.PositiveIntegerField(null=True)),
                (
                    "distance_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MILEAGE", "the asset's mileage"),
                            ("TRAIL", "the asset's trail"),
                            ("EVENTS", "the places named by events"),
                            ("STAFF", "a correction by staff"),
                        ],
                        db_default="",
                        default="",
                        max_length=7,
                    ),
                ),
                (
                    "progress_geometry",
                    models.JSONField(help_text="The line that was ridden, if it left a trail.", null=True),
                ),
                (
                    "progress_told_at",
                    models.DateTimeField(help_text="The time of the position its MP was told last.", null=True),
                ),
                (
                    "ancillaries",
                    models.JSONField(
                        default=list,
                        help_text="Those taken: category and number, and the fare part of their price, if any.",
                    ),
                ),
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
                    "reminder_at",
                    models.DateTimeField(help_text="When its MP is reminded of the agreed arrival.", null=True),
                ),
                ("overtime_at", models.DateTimeField(help_text="When its MP is told that it is over time.", null=True)),
                (
                    "assign_at",
                    models.DateTimeField(help_text="When the clock gives it an asset, or tries again to.", null=True),
                ),
                (
                    "state_before_issue",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NOT_STARTED", "not started"),
                            ("PREPARING", "preparing"),
                            ("IN_USE", "in use"),
                            ("PAUSED", "paused"),
                            ("FINISHING", "finishing"),
                            ("FINISHED", "finished"),
                            ("ISSUE_REPORTED", "issue reported"),
                            ("CANCELLED", "cancelled"),
                        ],
                        max_length=14,
                    ),
                ),
                ("issue_since", models.DateTimeField(null=True)),
                (
                    "lacks_asset_since",
                    models.DateTimeField(help_text="Since when its turn has come and none is left.", null=True),
                ),
            ],
            options={
                "ordering": ["booking_id", "sequence", "id"],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="LegEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("PREPARE", "prepare"),
                            ("ASSIGN_ASSET", "assign asset"),
                            ("SET_IN_USE", "set in use"),
                            ("PAUSE", "pause"),
                            ("OPEN_TRUNK", "open trunk"),
                            ("START_FINISHING", "start finishing"),
                            ("FINISH", "finish"),
                            ("TIME_EXTEND", "extend time"),
                            ("TIME_POSTPONE", "postpone time"),
                            ("CANCEL", "cancel"),
                        ],
                        max_length=16,
                    ),
                ),
                ("time", models.DateTimeField(help_text="When it happened, as the sender says.")),
                ("asked_for", models.DateTimeField(help_text="The departure or arrival that it asks for.", null=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("comment", models.TextField(blank=True)),
                (
                    "urls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(max_length=2000), default=list, size=None
                    ),
                ),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                (
                    "user_latitude",
                    models.FloatField(help_text="Where the traveller was: kept for a limited time.", null=True),
                ),
                ("user_longitude", models.FloatField(null=True)),
            ],
            options={
                "ordering": ["leg_id", "id"],
                "permissions": [("see_user_location", "Can see where a traveller was")],
            },
        ),
        migrations.CreateModel(
            name="LockCommand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "order",
                    models.CharField(
                        choices=[("UNLOCK", "unlock"), ("LOCK", "lock"), ("OPEN_TRUNK", "open the trunk")],
                        max_length=10,
                    ),
                ),
                ("event", models.CharField(help_text="What it was sent for, such as SET_IN_USE.", max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DUE", "to be sent"),
                            ("SENT", "sent, not answered"),
                            ("OBEYED", "obeyed"),
                            ("JAMMED", "jammed"),
                            ("NOT_OBEYED", "not obeyed"),
                            ("UNANSWERED", "never answered"),
                        ],
                        default="SENT",
                        max_length=10,
                    ),
                ),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="Why there is no answer, or none that helps.", max_length=200
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(help_text="Somebody talks with the lock until then.", null=True)),
                ("look_at", models.DateTimeField(help_text="When the sweep asks the lock, while the command is open.")),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Replacement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_by", models.CharField(max_length=150)),
                ("reason", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AGREED", "agreed to"),
                            ("REFUSED", "refused"),
                            ("EXPIRED", "not answered in time"),
                            ("WITHDRAWN", "withdrawn"),
                            ("FAILED", "agreed to, but no longer possible"),
                        ],
                        max_length=9,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, help_text="Why it ended so.")),
            ],
            options={
                "ordering": ["leg_id", "id"],
            },
        ),
    ]
