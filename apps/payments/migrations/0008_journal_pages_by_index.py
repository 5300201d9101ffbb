"""A page of an MP's journal is found in an index alone, whatever it is filtered by and however far in it is."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("payments", "0007_refund_limits")]

    operations = [
        AddIndexConcurrently(
            model_name="journalentry",
            index=models.Index(
                fields=["provider", "id"],
                include=("state", "category", "created_at"),
                name="journal_page_of_provider",
            ),
        ),
        RemoveIndexConcurrently(model_name="journalentry", name="journal_of_provider"),
    ]
