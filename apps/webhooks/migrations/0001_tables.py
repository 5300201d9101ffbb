"""The tables of this app."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("webhooks", "0001_initial"),
        ("webhooks", "0002_outbox_is_claimed_per_provider"),
        ("webhooks", "0003_the_latest_of_something"),
        ("webhooks", "0004_answers_to_questions"),
        ("webhooks", "0005_failed_messages_are_found"),
        ("webhooks", "0006_messages_are_emptied"),
        ("webhooks", "0007_failed_messages_oldest_first"),
        ("webhooks", "0008_messages_by_subject"),
    ]

    initial = True

    dependencies = [
        ("bookings", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("subject", models.CharField(help_text="What it says, such as CANCEL.", max_length=50)),
                ("method", models.CharField(max_length=6)),
                ("path", models.CharField(help_text="The TOMP path, below the MP's base URL.", max_length=300)),
                (
                    "base_url",
                    models.URLField(blank=True, help_text="The booking's own callback URL; empty for the MP's."),
                ),
                ("body", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "to be delivered"),
                            ("DELIVERED", "delivered"),
                            ("FAILED", "failed, parked"),
                            ("DROPPED", "dropped, no longer news"),
                        ],
                        default="PENDING",
                        max_length=9,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(help_text="A worker is at it until then.", null=True)),
                ("emptied_at", models.DateTimeField(help_text="When what is personal was taken out of it.", null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("latest_of", models.UUIDField(help_text="The leg whose progress it tells.", null=True)),
                (
                    "answer_wanted",
                    models.BooleanField(default=False, help_text="It is a question: its answer is kept."),
                ),
                (
                    "answer",
                    models.TextField(blank=True, help_text="The body that the MP answered with, or how it began."),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbox",
                        to="bookings.booking",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outbox", to="providers.provider"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "PENDING")),
                        fields=["provider", "next_attempt_at"],
                        name="outbox_due_of_provider",
                    ),
                    models.Index(
                        condition=models.Q(("leased_until__isnull", False), ("state", "PENDING")),
                        fields=["provider", "leased_until"],
                        name="outbox_leased",
                    ),
                    models.Index(
                        condition=models.Q(("state", "PENDING")),
                        fields=["booking", "id"],
                        name="outbox_pending_of_booking",
                    ),
                    models.Index(fields=["booking", "id"], name="outbox_of_booking"),
                    models.Index(fields=["subject", "-id"], name="outbox_by_subject"),
                    models.Index(condition=models.Q(("state", "FAILED")), fields=["created_at"], name="outbox_failed"),
                    models.Index(
                        condition=models.Q(("state", "FAILED")), fields=["provider"], name="outbox_failed_of_provider"
                    ),
                    models.Index(
                        condition=models.Q(("emptied_at", None), models.Q(("state", "PENDING"), _negated=True)),
                        fields=["created_at"],
                        name="outbox_to_empty",
                    ),
                    models.Index(
                        condition=models.Q(("latest_of__isnull", False)),
                        fields=["created_at"],
                        name="outbox_latest_by_age",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PENDING")),
                        fields=("latest_of",),
                        name="outbox_latest_never_queues_behind_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="HTTP status; empty where none came.", null=True),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("duration_ms", models.PositiveIntegerField(default=0)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delivery_attempts",
                        to="webhooks.outboxmessage",
                    ),
                ),
            ],
            options={
                "ordering": ["message_id", "id"],
            },
        ),
    ]
