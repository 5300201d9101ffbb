"""The tables of this app."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("legs", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("assets", "0002_keys"),
        ("bookings", "0001_tables"),
        ("parking", "0001_tables"),
        ("webhooks", "0001_tables"),
    ]

    operations = [
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
                (
                    "asset",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="assets.asset"
                    ),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="assets.assettype"
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legs", to="bookings.booking"
                    ),
                ),
                (
                    "parked_car",
                    models.OneToOneField(
                        help_text="Whose bill this leg picks up.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leg",
                        to="parking.parkedcar",
                    ),
                ),
                (
                    "reservation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leg", to="assets.reservation"
                    ),
                ),
            ],
            options={
                "ordering": ["booking_id", "sequence", "id"],
                "indexes": [
                    models.Index(fields=["state"], name="leg_by_state"),
                    models.Index(fields=["-departure_time"], name="leg_latest_first"),
                    models.Index(
                        condition=models.Q(("actual_departure_time__isnull", False)),
                        fields=["actual_departure_time"],
                        name="leg_by_when_it_was_ridden",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                        fields=["arrival_time"],
                        name="leg_to_be_back",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                        fields=["reminder_at"],
                        name="leg_to_remind_of",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                        fields=["overtime_at"],
                        name="leg_over_time",
                    ),
                    models.Index(
                        condition=models.Q(("asset", None), ("state__in", ["NOT_STARTED", "PREPARING"])),
                        fields=["assign_at"],
                        name="leg_to_be_given_an_asset",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "NOT_STARTED",
                                    "PREPARING",
                                    "IN_USE",
                                    "PAUSED",
                                    "FINISHING",
                                    "FINISHED",
                                    "ISSUE_REPORTED",
                                    "CANCELLED",
                                ],
                            )
                        ),
                        name="leg_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["IN_USE", "PAUSED", "FINISHING", "FINISHED"]),
                                ("state_before_issue__in", ["IN_USE", "PAUSED", "FINISHING"]),
                                _connector="OR",
                                _negated=True,
                            ),
                            models.Q(
                                models.Q(("asset__isnull", False), ("parked_car__isnull", False), _connector="OR"),
                                ("actual_departure_time__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="leg_in_use_has_an_asset_or_a_parked_car_and_a_departure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issue_since__isnull", False),
                                ("state", "ISSUE_REPORTED"),
                                (
                                    "state_before_issue__in",
                                    ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING"],
                                ),
                            ),
                            models.Q(
                                models.Q(("state", "ISSUE_REPORTED"), _negated=True),
                                ("issue_since__isnull", True),
                                ("state_before_issue", ""),
                            ),
                            _connector="OR",
                        ),
                        name="leg_with_an_issue_knows_its_former_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["IN_USE", "PAUSED", "FINISHING"]),
                            ("state_before_issue__in", ["IN_USE", "PAUSED", "FINISHING"]),
                            _connector="OR",
                        ),
                        fields=("asset",),
                        name="leg_asset_is_ridden_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lacks_asset_since__isnull", True), ("asset__isnull", True), _connector="OR"
                        ),
                        name="leg_that_lacks_an_asset_has_none",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("reason", models.TextField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "leg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="legs.leg"
                    ),
                ),
            ],
            options={
                "ordering": ["leg_id", "id"],
            },
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
                (
                    "leg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="legs.leg"
                    ),
                ),
            ],
            options={
                "ordering": ["leg_id", "id"],
                "permissions": [("see_user_location", "Can see where a traveller was")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("user_latitude__isnull", False)),
                        fields=["received_at"],
                        name="leg_event_user_location",
                    )
                ],
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
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lock_commands", to="assets.asset"
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lock_commands",
                        to="legs.leg",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)), fields=["look_at"], name="lock_command_to_settle"
                    ),
                    models.Index(fields=["asset", "-id"], name="lock_command_latest_of_asset"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("asset",),
                        name="lock_command_is_open_once_per_asset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None),
                            models.Q(("state__in", ["DUE", "SENT"]), _negated=True),
                            _connector="OR",
                        ),
                        name="lock_command_settled_has_an_outcome",
                    ),
                ],
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
                (
                    "asset",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.asset"),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replacements", to="legs.leg"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webhooks.outboxmessage"
                    ),
                ),
                (
                    "reservation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replacement", to="assets.reservation"
                    ),
                ),
            ],
            options={
                "ordering": ["leg_id", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("leg",),
                        name="leg_has_one_replacement_asked_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="replacement_that_ended_has_an_outcome",
                    ),
                ],
            },
        ),
    ]
