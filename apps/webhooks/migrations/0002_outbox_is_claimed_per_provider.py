from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("providers", "0001_initial"),
        ("webhooks", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("state", "PENDING")),
                fields=["provider", "next_attempt_at"],
                name="outbox_due_of_provider",
            ),
        ),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("leased_until__isnull", False), ("state", "PENDING")),
                fields=["provider", "leased_until"],
                name="outbox_leased",
            ),
        ),
        RemoveIndexConcurrently(model_name="outboxmessage", name="outbox_due"),
    ]
