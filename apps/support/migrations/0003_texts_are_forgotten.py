from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0002_statuses_are_only_added")]

    operations = [
        migrations.AddField(
            model_name="supportrequest",
            name="forgotten_at",
            field=models.DateTimeField(help_text="When what is personal was erased.", null=True),
        ),
        migrations.AddIndex(
            model_name="supportrequest",
            index=models.Index(
                condition=models.Q(("forgotten_at", None), ("state__in", ["RESOLVED", "CANCELLED"])),
                fields=["received_at"],
                name="support_request_to_forget",
            ),
        ),
    ]
