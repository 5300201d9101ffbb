"""The columns that went to the legs. Backwards the offers of the hour are forgotten: they promise nothing."""

from django.db import migrations

FORGET = "DELETE FROM planning_offerleg; DELETE FROM planning_offer; SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_an_offer_has_legs")]

    operations = [
        *(
            migrations.RemoveField(model_name="offer", name=name)
            for name in ("asset", "asset_type", "conditions", "fare", "from_place", "station")
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
    ]
