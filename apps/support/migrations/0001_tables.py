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
        ("support", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("assets", "0002_keys"),
        ("bookings", "0001_tables"),
        ("legs", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.UUIDField(editable=False)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("PROCESSING", "being worked on"),
                            ("UPDATE_REQUESTED", "waits for the traveller"),
                            ("RESOLVED", "resolved"),
                            ("CANCELLED", "closed"),
                        ],
                        default="PROCESSING",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("BROKEN_DOWN", "broken down"),
                            ("NOT_AT_LOCATION", "not at its location"),
                            ("MISSING_AFTER_PAUSE", "missing after a pause"),
                            ("NOT_CLEAN", "not clean"),
                            ("NOT_AVAILABLE", "not available"),
                            ("UNABLE_TO_OPEN", "cannot be opened"),
                            ("UNABLE_TO_CLOSE", "cannot be closed"),
                            ("API_TECHNICAL", "API, technical"),
                            ("API_FUNCTIONAL", "API, functional"),
                            ("ACCIDENT", "accident"),
                            ("OTHER", "other"),
                        ],
                        max_length=19,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("ERROR_CANNOT_CONTINUE", "cannot continue"),
                            ("ERROR_CAN_CONTINUE", "can continue"),
                            ("DISTURBING_ISSUE", "disturbing"),
                            ("QUESTION", "question"),
                            ("OTHER", "other"),
                        ],
                        max_length=21,
                    ),
                ),
                ("happened_at", models.DateTimeField(help_text="As the MP says.", null=True)),
                ("location", models.JSONField(null=True)),
                ("contact", models.CharField(blank=True, help_text="How to reach the traveller.", max_length=500)),
                (
                    "asset_named",
                    models.CharField(blank=True, help_text="The id read on the asset, as it came.", max_length=200),
                ),
                (
                    "urls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(max_length=2000), default=list, size=None
                    ),
                ),
                ("response_minutes", models.FloatField(help_text="The response time that was asked for.", null=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("respond_by", models.DateTimeField(help_text="When staff are to have answered.")),
                (
                    "answered_at",
                    models.DateTimeField(help_text="When staff first answered what was last asked.", null=True),
                ),
                ("forgotten_at", models.DateTimeField(help_text="When what is personal was erased.", null=True)),
                ("handled_by", models.CharField(blank=True, help_text="Who of staff is at it.", max_length=150)),
                (
                    "asset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_requests",
                        to="assets.asset",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="support_requests",
                        to="bookings.booking",
                    ),
                ),
                (
                    "damage",
                    models.ForeignKey(
                        help_text="What it reported on the asset.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="assets.damage",
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="support_requests",
                        to="legs.leg",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_requests",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "ordering": ["-answered_at", "respond_by"],
                "indexes": [
                    models.Index(fields=["-answered_at", "respond_by"], name="support_request_to_answer_1st"),
                    models.Index(fields=["reference"], name="support_request_by_reference"),
                    models.Index(
                        condition=models.Q(("forgotten_at", None), ("state__in", ["RESOLVED", "CANCELLED"])),
                        fields=["received_at"],
                        name="support_request_to_forget",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PROCESSING", "UPDATE_REQUESTED", "RESOLVED", "CANCELLED"])),
                        name="support_request_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "BROKEN_DOWN",
                                    "NOT_AT_LOCATION",
                                    "MISSING_AFTER_PAUSE",
                                    "NOT_CLEAN",
                                    "NOT_AVAILABLE",
                                    "UNABLE_TO_OPEN",
                                    "UNABLE_TO_CLOSE",
                                    "API_TECHNICAL",
                                    "API_FUNCTIONAL",
                                    "ACCIDENT",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="support_request_type_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "priority__in",
                                [
                                    "ERROR_CANNOT_CONTINUE",
                                    "ERROR_CAN_CONTINUE",
                                    "DISTURBING_ISSUE",
                                    "QUESTION",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="support_request_priority_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None), ("answered_at__gte", models.F("received_at")), _connector="OR"
                        ),
                        name="support_request_is_answered_after_it_came",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["PROCESSING", "UPDATE_REQUESTED"])),
                        fields=("reference", "type"),
                        name="support_request_is_open_once_per_type",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SupportStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField()),
                ("order", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROCESSING", "being worked on"),
                            ("UPDATE_REQUESTED", "waits for the traveller"),
                            ("RESOLVED", "resolved"),
                            ("CANCELLED", "closed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("minutes_to_resolution", models.PositiveIntegerField(null=True)),
                ("comment", models.TextField(blank=True)),
                (
                    "sender_kind",
                    models.CharField(
                        choices=[
                            ("TO", "staff"),
                            ("MP", "MaaS provider"),
                            ("END_USER", "end user, through the MP"),
                            ("OTHER", "other party"),
                            ("CLOCK", "clock"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="support.supportrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["reference", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("reference", "order"), name="support_status_has_its_own_number"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PROCESSING", "UPDATE_REQUESTED", "RESOLVED", "CANCELLED"])),
                        name="support_status_is_known",
                    ),
                ],
            },
        ),
    ]
