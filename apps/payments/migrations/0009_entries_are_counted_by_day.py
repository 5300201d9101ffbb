from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0009_found_by_traveller"),
        ("payments", "0008_journal_pages_by_index"),
        ("providers", "0005_what_invoices_need"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="journalentry",
            index=models.Index(fields=["created_at"], name="journal_by_when_written"),
        ),
    ]
