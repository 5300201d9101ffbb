from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("webhooks", "0005_failed_messages_are_found")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="emptied_at",
            field=models.DateTimeField(help_text="When what is personal was taken out of it.", null=True),
        ),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("emptied_at", None), models.Q(("state", "PENDING"), _negated=True)),
                fields=["created_at"],
                name="outbox_to_empty",
            ),
        ),
    ]
