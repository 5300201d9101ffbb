"""The tables of this app."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import i18nfield.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("pricing", "0001_initial"),
        ("pricing", "0002_fare_parts_are_charged_or_refused"),
        ("pricing", "0003_whole_fare_parts"),
        ("pricing", "0004_where_a_plan_applies"),
        ("pricing", "0005_surges_have_hours"),
        ("pricing", "0006_moments_can_be_told"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
        ("providers", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="PricingPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan_id", models.SlugField(max_length=100, unique=True)),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                (
                    "description",
                    i18nfield.fields.I18nTextField(help_text="The price in words, as a traveller reads it."),
                ),
                ("url", models.URLField(blank=True)),
                ("currency", models.CharField(help_text="ISO 4217.", max_length=3)),
                (
                    "vat_rate",
                    models.DecimalField(decimal_places=2, help_text="Percent; amounts include it.", max_digits=5),
                ),
                ("vat_country", models.CharField(help_text="ISO 3166-1, two letters.", max_length=2)),
                (
                    "charges_started_units",
                    models.BooleanField(
                        default=True, help_text="A minute begun is charged whole; off: its exact share."
                    ),
                ),
            ],
            options={
                "ordering": ["plan_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="pricing_plan_currency_is_iso_4217"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("vat_rate__gte", 0), ("vat_rate__lte", 100)),
                        name="pricing_plan_vat_is_a_percentage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FarePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(blank=True, max_length=100)),
                (
                    "type",
                    models.CharField(
                        choices=[("FIXED", "fixed"), ("FLEX", "per unit"), ("MAX", "at most")], max_length=5
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("DEFAULT", "default"), ("DISCOUNT", "discount"), ("SURGE", "surge")],
                        default="DEFAULT",
                        max_length=8,
                    ),
                ),
                (
                    "fare_class",
                    models.CharField(
                        choices=[("FARE", "fare"), ("ANCILLARY", "ancillary")],
                        default="FARE",
                        max_length=9,
                        verbose_name="class",
                    ),
                ),
                (
                    "asset_state",
                    models.CharField(
                        choices=[("IN_USE", "in use"), ("PAUSED", "paused")], default="IN_USE", max_length=6
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=12)),
                ("units", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                (
                    "unit_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("KM", "km"),
                            ("SECOND", "second"),
                            ("MINUTE", "minute"),
                            ("HOUR", "hour"),
                            ("MILE", "mile"),
                            ("PERCENTAGE", "percent"),
                        ],
                        max_length=10,
                    ),
                ),
                ("scale_from", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ("scale_to", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                (
                    "scale_type",
                    models.CharField(
                        blank=True,
                        choices=[("KM", "km"), ("MILE", "mile"), ("HOUR", "hour"), ("MINUTE", "minute")],
                        max_length=6,
                    ),
                ),
                ("minimum_amount", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ("maximum_amount", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                (
                    "cap_period",
                    models.CharField(
                        choices=[("LEG", "the whole leg"), ("DAY", "each 24 hours")],
                        default="LEG",
                        max_length=3,
                        verbose_name="caps",
                    ),
                ),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("MON", "Monday"),
                                ("TUE", "Tuesday"),
                                ("WED", "Wednesday"),
                                ("THU", "Thursday"),
                                ("FRI", "Friday"),
                                ("SAT", "Saturday"),
                                ("SUN", "Sunday"),
                            ],
                            max_length=3,
                        ),
                        blank=True,
                        default=list,
                        help_text="Of a surge: on which days rides that begin then cost more. None: on all.",
                        size=None,
                    ),
                ),
                (
                    "start_time",
                    models.TimeField(
                        blank=True, help_text="Of a surge, on a quarter of an hour. Empty: all day.", null=True
                    ),
                ),
                (
                    "end_time",
                    models.TimeField(
                        blank=True, help_text="Until then. Before the start: on the day after.", null=True
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="pricing.pricingplan"
                    ),
                ),
            ],
            options={
                "ordering": ["plan_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("type", "FLEX"), ("units__gt", 0), models.Q(("unit_type", ""), _negated=True)),
                            models.Q(models.Q(("type", "FLEX"), _negated=True), ("unit_type", ""), ("units", None)),
                            _connector="OR",
                        ),
                        name="fare_part_units_belong_to_flex",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__lt", 0), ("kind", "DISCOUNT")),
                            models.Q(models.Q(("kind", "DISCOUNT"), _negated=True), ("amount__gte", 0)),
                            _connector="OR",
                        ),
                        name="fare_part_discount_is_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit_type", "PERCENTAGE"), _negated=True),
                            models.Q(("kind__in", ["DISCOUNT", "SURGE"]), ("scale_type", ""), ("units", 1)),
                            _connector="OR",
                        ),
                        name="fare_part_percentage_is_a_discount_or_surge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scale_from", None), ("scale_to", None), ("scale_type", "")),
                            models.Q(
                                models.Q(("scale_type", ""), _negated=True),
                                models.Q(("type", "MAX"), _negated=True),
                                models.Q(("scale_from__isnull", False), ("scale_to__isnull", False), _connector="OR"),
                            ),
                            _connector="OR",
                        ),
                        name="fare_part_scale_has_bounds_and_a_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scale_from", None),
                            models.Q(
                                ("scale_from__gte", 0),
                                models.Q(
                                    ("scale_to", None), ("scale_to__gte", models.F("scale_from")), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="fare_part_scale_goes_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scale_to", None), ("scale_to__gt", 0), _connector="OR"),
                        name="fare_part_scale_ends_above_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("maximum_amount", None), ("minimum_amount", None)),
                            models.Q(
                                models.Q(("type", "MAX"), _negated=True),
                                models.Q(("kind", "DISCOUNT"), _negated=True),
                                models.Q(("unit_type", "PERCENTAGE"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="fare_part_range_is_of_a_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("minimum_amount", None), ("minimum_amount__gte", 0), _connector="OR"),
                            models.Q(
                                ("minimum_amount", None),
                                ("maximum_amount", None),
                                ("maximum_amount__gte", models.F("minimum_amount")),
                                _connector="OR",
                            ),
                        ),
                        name="fare_part_range_goes_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("maximum_amount", None), ("maximum_amount__gte", 0), _connector="OR"),
                        name="fare_part_maximum_is_no_debt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type", "MAX"), ("cap_period", "LEG"), _connector="OR"),
                        name="fare_part_only_caps_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "SURGE"),
                            models.Q(("days", []), ("end_time", None), ("start_time", None)),
                            _connector="OR",
                        ),
                        name="fare_part_only_a_surge_has_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_time", None), ("start_time", None)),
                            models.Q(
                                ("end_time__isnull", False),
                                ("start_time__isnull", False),
                                models.Q(("start_time", models.F("end_time")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="fare_part_hours_have_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("start_time", None),
                                models.Q(("start_time__minute__in", (0, 15, 30, 45)), ("start_time__second", 0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("end_time", None),
                                models.Q(("end_time__minute__in", (0, 15, 30, 45)), ("end_time__second", 0)),
                                _connector="OR",
                            ),
                        ),
                        name="fare_part_hours_are_on_the_quarter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PricingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "valid_from",
                    models.DateTimeField(
                        blank=True, help_text="Departures from then on. Empty: all before.", null=True
                    ),
                ),
                (
                    "valid_until",
                    models.DateTimeField(blank=True, help_text="Departures before then. Empty: all after.", null=True),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every asset type.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="assets.assettype",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="pricing.pricingplan"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every MP.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.provider",
                        verbose_name="MP",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stations.region",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stations.station",
                    ),
                ),
            ],
            options={
                "verbose_name": "pricing rule",
                "ordering": [
                    models.OrderBy(models.F("provider"), nulls_last=True),
                    models.OrderBy(models.F("station"), nulls_last=True),
                    models.OrderBy(models.F("region"), nulls_last=True),
                    models.OrderBy(models.F("asset_type"), nulls_last=True),
                    models.OrderBy(models.F("valid_from"), nulls_first=True),
                    "pk",
                ],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("station", None), _connector="OR"),
                        name="pricingrule_are_of_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("valid_from", None),
                                models.Q(
                                    (
                                        "valid_from__gte",
                                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                    (
                                        "valid_from__lt",
                                        datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("valid_until", None),
                                models.Q(
                                    (
                                        "valid_until__gte",
                                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                    (
                                        "valid_until__lt",
                                        datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="pricing_rule_time_can_be_told",
                        violation_error_message="A moment lies between the years 1900 and 9999.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from", None),
                            ("valid_until", None),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="pricing_rule_is_valid_for_some_time",
                        violation_error_message="It ends before it begins.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("provider"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("provider"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("station"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("station"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("region"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("region"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("asset_type"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("asset_type"), models.Value(0, output_field=models.BigIntegerField())
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (models.Func(models.F("valid_from"), models.F("valid_until"), function="tstzrange"), "&&"),
                        ],
                        name="pricing_rule_says_one_thing_at_a_time",
                        violation_error_message="Another rule says what applies there, for the same and at that time.",
                    ),
                ],
            },
        ),
    ]
