"""What ties them to tables that need these first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("legs", "0002_where_the_traveller_was"),
    ]

    initial = True

    dependencies = [
        ("assets", "0002_keys"),
        ("bookings", "0002_keys"),
        ("legs", "0001_tables"),
        ("parking", "0001_tables"),
        ("payments", "0001_tables"),
        ("webhooks", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="entry",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="payments.journalentry",
            ),
        ),
    ]
