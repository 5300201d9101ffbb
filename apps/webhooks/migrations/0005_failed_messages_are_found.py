from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("webhooks", "0004_answers_to_questions"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                fields=["provider"], name="outbox_failed_of_provider", condition=models.Q(state="FAILED")
            ),
        ),
    ]
