from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNIQUE = models.UniqueConstraint(
    condition=models.Q(("state", "PENDING")),
    fields=("latest_of",),
    name="outbox_latest_never_queues_behind_itself",
)
CREATE = """
    CREATE UNIQUE INDEX CONCURRENTLY outbox_latest_never_queues_behind_itself
    ON webhooks_outboxmessage (latest_of) WHERE state = 'PENDING'
"""
DROP = "DROP INDEX CONCURRENTLY outbox_latest_never_queues_behind_itself"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("webhooks", "0002_outbox_is_claimed_per_provider"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="latest_of",
            field=models.UUIDField(help_text="The leg whose progress it tells.", null=True),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="state",
            field=models.CharField(
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
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("latest_of__isnull", False)), fields=["created_at"], name="outbox_latest_by_age"
            ),
        ),
        # A unique constraint with a condition is a unique index, which can be made while messages are written.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddConstraint(model_name="outboxmessage", constraint=UNIQUE)],
            database_operations=[migrations.RunSQL(CREATE, DROP)],
        ),
    ]
