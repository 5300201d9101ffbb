from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0010_travellers_are_forgotten"),
        ("providers", "0005_what_invoices_need"),
        ("webhooks", "0007_failed_messages_oldest_first"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(fields=["subject", "-id"], name="outbox_by_subject"),
        ),
    ]
