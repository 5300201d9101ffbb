from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0001_initial"),
        ("legs", "0002_where_the_traveller_was"),
    ]

    operations = [
        migrations.AddField(
            model_name="leg",
            name="assign_at",
            field=models.DateTimeField(help_text="When the clock gives it an asset, or tries again to.", null=True),
        ),
        migrations.AddField(
            model_name="leg",
            name="lacks_asset_since",
            field=models.DateTimeField(help_text="Since when its turn has come and none is left.", null=True),
        ),
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("asset", None), ("state__in", ["NOT_STARTED", "PREPARING"])),
                fields=["assign_at"],
                name="leg_to_be_given_an_asset",
            ),
        ),
        AddConstraintNotValid(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(("lacks_asset_since__isnull", True), ("asset__isnull", True), _connector="OR"),
                name="leg_that_lacks_an_asset_has_none",
            ),
        ),
        ValidateConstraint(model_name="leg", name="leg_that_lacks_an_asset_has_none"),
    ]
