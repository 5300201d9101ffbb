"""The tables of this app."""

import uuid

import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import apps.customers.found_by


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("bookings", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("customers", "0002_tables"),
        ("processes", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="PurgedBooking",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("gone_at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.provider"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("NEW", "new"),
                            ("PENDING", "pending"),
                            ("REJECTED", "rejected"),
                            ("RELEASED", "released"),
                            ("EXPIRED", "expired"),
                            ("CONDITIONAL_CONFIRMED", "conditionally confirmed"),
                            ("CONFIRMED", "confirmed"),
                            ("CANCELLED", "cancelled"),
                            ("STARTED", "started"),
                            ("FINISHED", "finished"),
                        ],
                        default="NEW",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "expires_at",
                    models.DateTimeField(editable=False, help_text="While it waits for an answer.", null=True),
                ),
                (
                    "no_show_at",
                    models.DateTimeField(
                        editable=False, help_text="When it is cancelled if nobody has come.", null=True
                    ),
                ),
                (
                    "reminder_at",
                    models.DateTimeField(editable=False, help_text="When its MP is reminded of that.", null=True),
                ),
                ("extended_times", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("extended_minutes", models.PositiveIntegerField(default=0, editable=False)),
                ("departure_time", models.DateTimeField()),
                ("arrival_time", models.DateTimeField(null=True)),
                ("actual_departure_time", models.DateTimeField(null=True)),
                ("actual_arrival_time", models.DateTimeField(null=True)),
                ("from_place", models.JSONField()),
                ("to_place", models.JSONField(null=True)),
                ("customer", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("extra_info", models.JSONField(null=True)),
                (
                    "callback_url",
                    models.URLField(blank=True, help_text="Where this booking's messages go, if not to the MP's own."),
                ),
                (
                    "forgotten_at",
                    models.DateTimeField(editable=False, help_text="When its traveller was forgotten.", null=True),
                ),
                (
                    "subscribed_at",
                    models.DateTimeField(editable=False, help_text="Since when the MP wants every message.", null=True),
                ),
                (
                    "customer_account",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="customers.customeraccount",
                    ),
                ),
                (
                    "profile_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="processes.profileversion"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="providers.provider"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["PENDING", "CONDITIONAL_CONFIRMED"])),
                        fields=["expires_at"],
                        name="booking_to_expire",
                    ),
                    models.Index(
                        condition=models.Q(("state", "CONFIRMED")), fields=["no_show_at"], name="booking_nobody_came"
                    ),
                    models.Index(
                        condition=models.Q(("state", "CONFIRMED")), fields=["reminder_at"], name="booking_to_remind_of"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["EXPIRED", "RELEASED", "REJECTED"])),
                        fields=["expires_at"],
                        name="booking_to_purge",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        apps.customers.found_by.FoundBy("customer", "extra_info"), name="booking_is_found_by"
                    ),
                    models.Index(
                        condition=models.Q(
                            ("forgotten_at", None),
                            ("state__in", ["REJECTED", "RELEASED", "EXPIRED", "CANCELLED", "FINISHED"]),
                        ),
                        fields=["departure_time"],
                        name="booking_to_forget",
                    ),
                    models.Index(fields=["provider", "-created_at"], name="booking_of_provider"),
                    models.Index(fields=["-created_at"], name="booking_newest_first"),
                    models.Index(fields=["state", "-created_at"], name="booking_by_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "NEW",
                                    "PENDING",
                                    "REJECTED",
                                    "RELEASED",
                                    "EXPIRED",
                                    "CONDITIONAL_CONFIRMED",
                                    "CONFIRMED",
                                    "CANCELLED",
                                    "STARTED",
                                    "FINISHED",
                                ],
                            )
                        ),
                        name="booking_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["PENDING", "CONDITIONAL_CONFIRMED"]), _negated=True),
                            ("expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_that_waits_has_an_expiry",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("VEHICLE_NOT_AVAILABLE", "vehicle not available"),
                            ("USER_NO_SHOW", "user did not show up"),
                            ("ETA", "estimated time of arrival"),
                            ("MESSAGE_TO_DRIVER", "message to the driver"),
                            ("MESSAGE_TO_END_USER", "message to the end user"),
                            ("USER_OUT_OF_LIMITS", "user out of limits"),
                            ("OTHER", "other"),
                        ],
                        max_length=21,
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(help_text="Until arrival at the pick-up point; of an ETA.", null=True),
                ),
                ("asset", models.JSONField(null=True)),
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
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notifications", to="bookings.booking"
                    ),
                ),
            ],
            options={
                "ordering": ["booking_id", "id"],
                "indexes": [models.Index(fields=["booking", "id"], name="notification_of_booking")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "VEHICLE_NOT_AVAILABLE",
                                    "USER_NO_SHOW",
                                    "ETA",
                                    "MESSAGE_TO_DRIVER",
                                    "MESSAGE_TO_END_USER",
                                    "USER_OUT_OF_LIMITS",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="notification_type_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("type", "ETA"), _negated=True), ("minutes__isnull", False), _connector="OR"
                        ),
                        name="notification_of_an_eta_has_its_minutes",
                    ),
                ],
            },
        ),
    ]
