import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0011_silence_of_a_gateway"),
    ]

    operations = [
        migrations.CreateModel(
            name="Damage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "component",
                    models.CharField(
                        choices=[
                            ("FRONT", "front"),
                            ("REAR", "rear"),
                            ("LEFT", "left"),
                            ("RIGHT", "right"),
                            ("TOP", "top"),
                            ("BOTTOM", "bottom"),
                            ("INTERIOR", "interior"),
                            ("TIRE", "tire"),
                            ("ANCILLARY", "ancillary"),
                            ("OTHER", "other"),
                        ],
                        default="OTHER",
                        max_length=9,
                        verbose_name="where",
                    ),
                ),
                (
                    "component_name",
                    models.CharField(
                        blank=True,
                        help_text="The damaged part in a word, such as light, brake or saddle.",
                        max_length=100,
                        verbose_name="part",
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        help_text="Shown to travellers where an MP's process shows damages: nothing personal.",
                        max_length=2000,
                    ),
                ),
                (
                    "pictures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(max_length=2000),
                        blank=True,
                        default=list,
                        help_text="Addresses of pictures, comma separated.",
                        size=None,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("COSMETIC", "cosmetic"), ("MINOR", "can be ridden"), ("UNUSABLE", "not to be hired")],
                        default="MINOR",
                        max_length=8,
                    ),
                ),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reported_by", models.CharField(editable=False, max_length=170)),
                ("repaired_at", models.DateTimeField(editable=False, null=True)),
                ("repaired_by", models.CharField(blank=True, editable=False, max_length=170)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="damages", to="assets.asset"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("repaired_at", None)), fields=["asset"], name="damage_open_of_asset"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "component__in",
                                [
                                    "FRONT",
                                    "REAR",
                                    "LEFT",
                                    "RIGHT",
                                    "TOP",
                                    "BOTTOM",
                                    "INTERIOR",
                                    "TIRE",
                                    "ANCILLARY",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="damage_component_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["COSMETIC", "MINOR", "UNUSABLE"])),
                        name="damage_severity_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("description", ""), _negated=True), name="damage_is_described"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("repaired_at", None), ("repaired_at__gte", models.F("reported_at")), _connector="OR"
                        ),
                        name="damage_is_repaired_after_it_was_reported",
                    ),
                ],
            },
        ),
    ]
