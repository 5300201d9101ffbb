from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("stations", "0001_initial"),
        ("assets", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("asset", None), ("released_at", None)),
                fields=["station", "asset_type"],
                name="reservation_live_place",
            ),
        ),
        RemoveIndexConcurrently(model_name="reservation", name="reservation_live_of_type"),
    ]
