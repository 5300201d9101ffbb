from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0009_found_by_traveller"),
        ("providers", "0005_what_invoices_need"),
        ("webhooks", "0006_messages_are_emptied"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(condition=models.Q(("state", "FAILED")), fields=["created_at"], name="outbox_failed"),
        ),
    ]
