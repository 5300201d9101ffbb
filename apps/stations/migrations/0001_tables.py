"""The tables of this app."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import i18nfield.fields
from django.db import migrations, models

import apps.stations.models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("stations", "0001_initial"),
        ("stations", "0002_stops_of_a_station"),
        ("stations", "0003_where_the_key_is"),
        ("stations", "0004_docks_by_asset_type"),
        ("stations", "0005_a_region_lasts_some_time"),
        ("stations", "0006_refusals_in_words"),
        ("stations", "0007_moments_can_be_told"),
    ]

    initial = True

    dependencies = [
        ("assets", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_id", models.SlugField(max_length=100, unique=True)),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("OPERATING", "operating area"),
                            ("NO_ACCESS", "no access"),
                            ("NO_PARKING", "no parking"),
                            ("PARKING", "parking"),
                            ("DISCOUNT", "discount"),
                            ("SPEEDLIMIT", "speed limit"),
                        ],
                        default="OPERATING",
                        max_length=12,
                    ),
                ),
                ("type_unit", models.CharField(blank=True, choices=[("KMPH", "km/h"), ("MPH", "mph")], max_length=4)),
                (
                    "type_value",
                    models.FloatField(blank=True, help_text="The value of the type, such as a speed.", null=True),
                ),
                ("area_start_time", models.DateTimeField(blank=True, null=True)),
                ("area_end_time", models.DateTimeField(blank=True, null=True)),
                (
                    "service_area",
                    models.JSONField(
                        help_text="GeoJSON Polygon, longitude first.",
                        validators=[apps.stations.models.validate_polygon],
                    ),
                ),
            ],
            options={
                "ordering": ["region_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("area_start_time", None),
                                models.Q(
                                    ("area_start_time__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                                    ("area_start_time__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("area_end_time", None),
                                models.Q(
                                    ("area_end_time__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                                    ("area_end_time__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="region_time_can_be_told",
                        violation_error_message="A moment lies between the years 1900 and 9999.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("area_start_time", None),
                            ("area_end_time", None),
                            ("area_end_time__gt", models.F("area_start_time")),
                            _connector="OR",
                        ),
                        name="region_lasts_some_time",
                        violation_error_message="The end has to lie after the start.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("station_id", models.CharField(max_length=100, unique=True)),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("street_address", models.CharField(blank=True, max_length=200)),
                ("area_reference", models.CharField(blank=True, help_text="City or town.", max_length=200)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, help_text="ISO 3166-1, two letters.", max_length=2)),
                ("cross_street", i18nfield.fields.I18nCharField(blank=True, max_length=200)),
                (
                    "stop_references",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text='Public transport stops it stands at: [{"type": "CHB_STOP_PLACE_CODE", "id": "…", "country": "NL"}].',
                        validators=[apps.stations.models.validate_stop_references],
                    ),
                ),
                ("contact_phone", models.CharField(blank=True, max_length=30)),
                (
                    "key_place",
                    i18nfield.fields.I18nTextField(
                        blank=True, help_text="Where the physical keys of assets that stand here are."
                    ),
                ),
                (
                    "parking_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PARKING_LOT", "parking lot"),
                            ("STREET_PARKING", "street parking"),
                            ("UNDERGROUND_PARKING", "underground parking"),
                            ("SIDEWALK_PARKING", "sidewalk parking"),
                            ("OTHER", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, help_text="Docks or places.", null=True)),
                ("is_virtual", models.BooleanField(default=False, help_text="A place without smart docks.")),
                (
                    "station_area",
                    models.JSONField(
                        blank=True,
                        help_text="GeoJSON Polygon, of a station without docks.",
                        null=True,
                        validators=[apps.stations.models.validate_polygon],
                    ),
                ),
                (
                    "is_valet_station",
                    models.BooleanField(default=False, help_text="Somebody there takes any number of assets."),
                ),
                (
                    "parking_hoop",
                    models.BooleanField(
                        blank=True, help_text="Places are kept free by parking hoops. Unknown: not told.", null=True
                    ),
                ),
                (
                    "rental_methods",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("KEY", "key"),
                                ("CASH", "cash"),
                                ("BANKCARD", "bank card"),
                                ("CREDITCARD", "credit card"),
                                ("PAYPASS", "PayPass"),
                                ("APPLEPAY", "Apple Pay"),
                                ("ANDROIDPAY", "Android Pay"),
                                ("TRANSITCARD", "public transport card"),
                                ("ACCOUNTNUMBER", "account number"),
                                ("PHONE", "phone"),
                                ("OTHER", "other"),
                            ],
                            max_length=13,
                        ),
                        blank=True,
                        default=list,
                        help_text="How to pay there.",
                        size=None,
                    ),
                ),
                (
                    "rental_method_other",
                    models.CharField(blank=True, help_text="Which one, where it is another.", max_length=100),
                ),
                ("is_charging_station", models.BooleanField(default=False)),
                ("is_installed", models.BooleanField(default=True)),
                ("is_renting", models.BooleanField(default=True)),
                ("is_returning", models.BooleanField(default=True)),
                ("is_public", models.BooleanField(default=True, help_text="Private stations are never published.")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stations",
                        to="stations.region",
                    ),
                ),
            ],
            options={
                "ordering": ["station_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", -90),
                            ("latitude__lte", 90),
                            ("longitude__gte", -180),
                            ("longitude__lte", 180),
                        ),
                        name="station_lies_on_earth",
                        violation_error_message="The latitude lies from -90 to 90 and the longitude from -180 to 180.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rental_method_other", ""), ("rental_methods__contains", ["OTHER"]), _connector="OR"
                        ),
                        name="station_names_the_other_way_to_pay",
                        violation_error_message="Name another way to pay only where “other” is ticked.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetTypeCapacity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capacity", models.PositiveIntegerField(help_text="Docks or places, taken and free.")),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assets.assettype"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="type_capacities",
                        to="stations.station",
                    ),
                ),
            ],
            options={
                "verbose_name": "capacity for an asset type",
                "verbose_name_plural": "capacity by asset type",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "asset_type"), name="station_has_one_capacity_per_asset_type"
                    )
                ],
            },
        ),
    ]
