"""What staff decide on claims is noted; the words of the MP are not copied."""

from django.db import migrations

from apps.history.auditing import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_claims"),
        ("history", "0004_changes_are_noted"),
    ]

    operations = [note_changes("payments_claim", hidden=("description", "account", "meta", "body_sha256"))]
