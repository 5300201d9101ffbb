from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0012_damages"),
        ("stations", "0004_docks_by_asset_type"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("lock_state", "JAMMED")), fields=["code"], name="asset_with_a_jammed_lock"
            ),
        ),
    ]
