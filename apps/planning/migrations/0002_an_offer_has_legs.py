"""What an offer holds for one asset becomes a row of its own, so that it can hold several."""

import uuid
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

COPY = """
INSERT INTO planning_offerleg
    (id, offer_id, asset_type_id, asset_id, station_id, from_place, fare, conditions, travelers)
SELECT id, id, asset_type_id, asset_id, station_id, from_place, fare, conditions, '{}' FROM planning_offer
"""


def _to(model: str, **options: Any) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=options.pop("related_name", "+"), to=model, **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0002_places_are_counted_by_pool"),
        ("planning", "0001_initial"),
        ("stations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferLeg",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_place", models.JSONField()),
                ("fare", models.JSONField()),
                ("conditions", models.JSONField(default=list)),
                (
                    "travelers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        help_text="Their reference numbers.",
                        size=None,
                    ),
                ),
                ("asset", _to("assets.asset", null=True)),
                ("asset_type", _to("assets.assettype")),
                ("offer", _to("planning.offer", related_name="legs")),
                ("station", _to("stations.station", null=True)),
            ],
            options={"ordering": ["offer_id", "id"]},
        ),
        migrations.AddConstraint(
            model_name="offerleg",
            constraint=models.UniqueConstraint(fields=("offer", "asset"), name="offer_leg_has_an_asset_of_its_own"),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
