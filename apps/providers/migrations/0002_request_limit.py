import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="provider",
            name="request_limit",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Most requests within a minute of the clock; empty for no limit (error x007).",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AddConstraint(
            model_name="provider",
            constraint=models.CheckConstraint(
                condition=models.Q(("request_limit", None), ("request_limit__gte", 1), _connector="OR"),
                name="provider_request_limit_is_positive",
            ),
        ),
    ]
