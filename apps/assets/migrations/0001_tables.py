"""The tables of this app."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_fsm
import encrypted_fields.fields
import i18nfield.fields
from django.db import migrations, models

import apps.assets.models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("assets", "0001_initial"),
    ]

    initial = True

    dependencies = [
        # Before any of our tables is there: each of its changes has Django build all models anew that refer to it.
        ("oauth2_provider", "0021_translatable_field_labels"),
    ]

    operations = [
        migrations.CreateModel(
            name="LockGateway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("HTTP", "HTTP"), ("MQTT", "MQTT"), ("SIMULATED", "simulated")], max_length=10
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        help_text="https://host/path for HTTP, mqtts://host:8883/topic for MQTT; empty for simulated locks.",
                        max_length=300,
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        blank=True,
                        help_text="For HTTP Basic and MQTT. Without one, the secret is a bearer token.",
                        max_length=100,
                    ),
                ),
                (
                    "secret",
                    encrypted_fields.fields.EncryptedTextField(
                        blank=True, help_text="The password or token the gateway's keeper gave us.", null=True
                    ),
                ),
                (
                    "timeout_seconds",
                    models.PositiveSmallIntegerField(
                        default=4,
                        help_text="How long a lock may take to answer.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
                (
                    "silent_locks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        editable=False,
                        help_text="Assets whose locks last did not answer.",
                        size=None,
                    ),
                ),
                (
                    "silent_until",
                    models.DateTimeField(
                        editable=False,
                        help_text="Until then it is left alone, since several locks in a row were silent.",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("kind", "SIMULATED")),
                            models.Q(("address__startswith", "http"), ("kind", "HTTP")),
                            models.Q(("address__startswith", "mqtt"), ("kind", "MQTT")),
                            _connector="OR",
                        ),
                        name="lock_gateway_has_an_address_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("timeout_seconds__gte", 1), ("timeout_seconds__lte", 10)),
                        name="lock_gateway_waits_some_seconds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type_id", models.SlugField(max_length=100, unique=True)),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                (
                    "asset_class",
                    models.CharField(
                        choices=[
                            ("AIR", "Air"),
                            ("BUS", "Bus"),
                            ("TROLLEYBUS", "Trolleybus"),
                            ("TRAM", "Tram"),
                            ("COACH", "Coach"),
                            ("RAIL", "Rail"),
                            ("INTERCITYRAIL", "Intercityrail"),
                            ("URBANRAIL", "Urbanrail"),
                            ("METRO", "Metro"),
                            ("WATER", "Water"),
                            ("CABLEWAY", "Cableway"),
                            ("FUNICULAR", "Funicular"),
                            ("TAXI", "Taxi"),
                            ("SELFDRIVE", "Selfdrive"),
                            ("FOOT", "Foot"),
                            ("BICYCLE", "Bicycle"),
                            ("MOTORCYCLE", "Motorcycle"),
                            ("CAR", "Car"),
                            ("SHUTTLE", "Shuttle"),
                            ("OTHER", "Other"),
                            ("PARKING", "Parking"),
                            ("MOPED", "Moped"),
                            ("STEP", "Step"),
                            ("FERRY", "Ferry"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "asset_sub_class",
                    models.CharField(blank=True, help_text="Mandatory for the class OTHER.", max_length=100),
                ),
                ("brand", models.CharField(blank=True, max_length=100)),
                ("model", models.CharField(blank=True, max_length=100)),
                ("image", models.URLField(blank=True)),
                (
                    "propulsion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MUSCLE", "muscle"),
                            ("ELECTRIC", "electric"),
                            ("GASOLINE", "gasoline"),
                            ("DIESEL", "diesel"),
                            ("HYBRID", "hybrid"),
                            ("LPG", "LPG"),
                            ("HYDROGEN", "hydrogen"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "access_methods",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("DEEPLINK", "deep link"),
                                ("QR", "QR code"),
                                ("AZTEC", "Aztec code"),
                                ("TOMP-API", "through the TOMP-API"),
                                ("AXA-EKEY-OTP", "AXA eKey"),
                                ("PHYSICAL-KEY", "physical key"),
                                ("BARCODE", "barcode"),
                                ("PDF", "PDF"),
                                ("HTML", "HTML page"),
                                ("OVC", "OV-chipkaart"),
                                ("EMV", "bank card"),
                                ("NONE", "none"),
                            ],
                            max_length=15,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "key_place",
                    i18nfield.fields.I18nTextField(
                        blank=True,
                        help_text="Where its key is, for physical keys. The station's text and the asset's go before it.",
                    ),
                ),
                ("persons", models.PositiveSmallIntegerField(default=1)),
                ("max_speed", models.PositiveSmallIntegerField(blank=True, help_text="km/h", null=True)),
                ("wheel_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("gears", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("cargo_load", models.PositiveIntegerField(blank=True, help_text="kg", null=True)),
                ("helmet_required", models.BooleanField(default=False)),
                ("co2_per_km", models.FloatField(blank=True, help_text="grams", null=True)),
                (
                    "full_range_meters",
                    models.PositiveIntegerField(blank=True, help_text="Range with a full battery.", null=True),
                ),
                ("minimum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "license_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AIR", "Air"),
                            ("BUS", "Bus"),
                            ("TROLLEYBUS", "Trolleybus"),
                            ("TRAM", "Tram"),
                            ("COACH", "Coach"),
                            ("RAIL", "Rail"),
                            ("INTERCITYRAIL", "Intercityrail"),
                            ("URBANRAIL", "Urbanrail"),
                            ("METRO", "Metro"),
                            ("WATER", "Water"),
                            ("CABLEWAY", "Cableway"),
                            ("FUNICULAR", "Funicular"),
                            ("TAXI", "Taxi"),
                            ("SELFDRIVE", "Selfdrive"),
                            ("FOOT", "Foot"),
                            ("BICYCLE", "Bicycle"),
                            ("MOTORCYCLE", "Motorcycle"),
                            ("CAR", "Car"),
                            ("SHUTTLE", "Shuttle"),
                            ("OTHER", "Other"),
                            ("PARKING", "Parking"),
                            ("MOPED", "Moped"),
                            ("STEP", "Step"),
                            ("FERRY", "Ferry"),
                        ],
                        help_text="The class of the licence its driver needs.",
                        max_length=15,
                    ),
                ),
                (
                    "serves",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=12,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[A-Z]{1,10}[0-9A-Z]{2}$",
                                    "A category and a number of two characters, such as HR01.",
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        help_text="What it is fit for, by category and number of the travellers' dictionary, such as HR01, ZR06.",
                        size=None,
                    ),
                ),
                (
                    "default_reserve_time",
                    models.PositiveIntegerField(
                        default=15, help_text="How long a reservation may wait for its rider, in minutes; 0: for ever."
                    ),
                ),
                (
                    "lock_gateway",
                    models.ForeignKey(
                        blank=True,
                        help_text="Through what its assets are locked and unlocked from afar; empty where they are not.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asset_types",
                        to="assets.lockgateway",
                    ),
                ),
            ],
            options={
                "ordering": ["type_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asset_class", "OTHER"), _negated=True),
                            models.Q(("asset_sub_class", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="asset_type_of_class_other_has_a_sub_class",
                    ),
                    models.CheckConstraint(condition=models.Q(("persons__gte", 1)), name="asset_type_carries_someone"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="The fleet number staff know it by.", max_length=50, unique=True)),
                (
                    "public_id",
                    models.CharField(
                        default=apps.assets.models.new_public_id,
                        editable=False,
                        help_text="Rotates when a trip ends.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("AVAILABLE", "available"),
                            ("RESERVED", "reserved"),
                            ("IN_USE", "in use"),
                            ("MAINTENANCE", "in maintenance"),
                            ("CHARGING", "charging"),
                            ("RELOCATING", "being relocated"),
                            ("MISSING", "missing"),
                            ("RETIRED", "retired"),
                        ],
                        default="AVAILABLE",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("position_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "device_id",
                    models.CharField(
                        blank=True,
                        help_text="What its on-board unit calls itself when it reports; empty where it uses the fleet number.",
                        max_length=100,
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "seen_at",
                    models.DateTimeField(editable=False, help_text="When it last reported anything.", null=True),
                ),
                ("state_of_charge", models.PositiveSmallIntegerField(blank=True, help_text="percent", null=True)),
                ("mileage", models.FloatField(blank=True, help_text="km", null=True)),
                (
                    "key_place",
                    i18nfield.fields.I18nTextField(
                        blank=True,
                        help_text="Where its physical key is, where neither the station's nor the type's text says so.",
                    ),
                ),
                (
                    "lock_state",
                    models.CharField(
                        choices=[
                            ("LOCKED", "locked"),
                            ("UNLOCKED", "unlocked"),
                            ("JAMMED", "jammed"),
                            ("UNKNOWN", "unknown"),
                        ],
                        db_default="UNKNOWN",
                        default="UNKNOWN",
                        editable=False,
                        help_text="As last heard of.",
                        max_length=10,
                        verbose_name="lock",
                    ),
                ),
                (
                    "lock_device_id",
                    models.CharField(
                        blank=True,
                        help_text="By which its gateway knows the lock; empty for the number.",
                        max_length=100,
                        verbose_name="lock's id",
                    ),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="assets.assettype"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["AVAILABLE", "RESERVED"])),
                        fields=["latitude", "longitude"],
                        name="asset_on_the_map",
                    ),
                    models.Index(fields=["state"], name="asset_by_state"),
                    models.Index(
                        condition=models.Q(("lock_state", "JAMMED")), fields=["code"], name="asset_with_a_jammed_lock"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", -90),
                            ("latitude__lte", 90),
                            ("longitude__gte", -180),
                            ("longitude__lte", 180),
                        ),
                        name="asset_lies_on_earth",
                        violation_error_message="The latitude lies from -90 to 90 and the longitude from -180 to 180.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state_of_charge", None), ("state_of_charge__lte", 100), _connector="OR"),
                        name="asset_charge_is_a_percentage",
                        violation_error_message="The state of charge is a percentage, from 0 to 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mileage", None),
                            models.Q(("mileage__gte", 0), ("mileage__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="asset_mileage_is_a_distance",
                        violation_error_message="The mileage is a number of kilometres, from 0 to 10,000,000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "AVAILABLE",
                                    "RESERVED",
                                    "IN_USE",
                                    "MAINTENANCE",
                                    "CHARGING",
                                    "RELOCATING",
                                    "MISSING",
                                    "RETIRED",
                                ],
                            )
                        ),
                        name="asset_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lock_state__in", ["LOCKED", "UNLOCKED", "JAMMED", "UNKNOWN"])),
                        name="asset_lock_state_is_known",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="AssetIdentifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("BLUETOOTH", "Bluetooth or beacon id"),
                            ("QR", "QR code"),
                            ("NFC", "NFC tag"),
                            ("BARCODE", "barcode"),
                            ("PRINTED_CODE", "printed code"),
                            ("LICENCE_PLATE", "licence plate"),
                            ("OTHER", "other, agreed with an MP"),
                        ],
                        max_length=15,
                    ),
                ),
                ("value", models.CharField(max_length=200)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identifiers", to="assets.asset"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "value"), name="asset_identifier_names_one_asset"),
                    models.CheckConstraint(
                        condition=models.Q(("value", ""), _negated=True), name="asset_identifier_is_not_empty"
                    ),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="Without an agreed arrival time the end is open."
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, help_text="Set while it is only a hold.", null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="assets.asset",
                    ),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="assets.assettype"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at", None)), fields=["asset"], name="reservation_live_of_asset"
                    )
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("asset__isnull", False), ("released_at__isnull", True)),
                        expressions=[
                            (
                                models.Func(
                                    models.F("asset"), models.F("asset"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            ),
                            (models.F("period"), "&&"),
                        ],
                        name="reservation_asset_never_overlaps",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False)), name="reservation_period_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(help_text="What is to be done.", max_length=500)),
                ("planned_from", models.DateTimeField()),
                ("planned_until", models.DateTimeField(blank=True, help_text="Empty: until it is done.", null=True)),
                ("blocks_hire", models.BooleanField(default=False, help_text="Promised to nobody in that time.")),
                ("notes", models.TextField(blank=True, max_length=2000)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("PLANNED", "planned"),
                            ("RUNNING", "running"),
                            ("DONE", "done"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="PLANNED",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("planned_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("planned_by", models.CharField(editable=False, max_length=170)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("started_by", models.CharField(blank=True, editable=False, max_length=170)),
                (
                    "ended_at",
                    models.DateTimeField(editable=False, help_text="When it was done or cancelled.", null=True),
                ),
                ("ended_by", models.CharField(blank=True, editable=False, max_length=170)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="maintenance_jobs", to="assets.asset"
                    ),
                ),
                (
                    "damage",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it repairs, if anything.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="maintenance_jobs",
                        to="assets.damage",
                    ),
                ),
                (
                    "reservation",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="maintenance_job",
                        to="assets.reservation",
                    ),
                ),
            ],
            options={
                "ordering": ["-planned_from", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["PLANNED", "RUNNING"])),
                        fields=["planned_from"],
                        name="maintenance_job_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PLANNED", "RUNNING", "DONE", "CANCELLED"])),
                        name="maintenance_job_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True), name="maintenance_job_is_described"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("planned_from", None),
                                models.Q(
                                    ("planned_from__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                                    ("planned_from__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("planned_until", None),
                                models.Q(
                                    ("planned_until__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                                    ("planned_until__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="maintenance_job_time_can_be_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_until", None), ("planned_until__gt", models.F("planned_from")), _connector="OR"
                        ),
                        name="maintenance_job_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blocks_hire", True), ("state", "PLANNED"), _negated=True),
                            ("reservation__isnull", False),
                            _connector="OR",
                        ),
                        name="maintenance_job_that_blocks_hire_holds_its_asset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "PLANNED"), _negated=True),
                                models.Q(("started_at", None), _negated=True),
                            ),
                            models.Q(("started_at", None), ("state__in", ["PLANNED", "CANCELLED"])),
                            _connector="OR",
                        ),
                        name="maintenance_job_runs_once_it_is_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["PLANNED", "RUNNING"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["DONE", "CANCELLED"])),
                            _connector="OR",
                        ),
                        name="maintenance_job_is_over_once_it_is_ended",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SimulatedLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "behaviour",
                    models.CharField(
                        choices=[
                            ("OBEYS", "obeys"),
                            ("JAMS", "jams"),
                            ("IS_SILENT", "is silent, and does nothing"),
                            ("LOSES_ANSWERS", "obeys, but its answer gets lost"),
                        ],
                        default="OBEYS",
                        max_length=15,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("LOCKED", "locked"), ("UNLOCKED", "unlocked")], default="LOCKED", max_length=10
                    ),
                ),
                ("last_command", models.CharField(blank=True, editable=False, max_length=40)),
                (
                    "asset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="simulated_lock", to="assets.asset"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["LOCKED", "UNLOCKED"])),
                        name="simulated_lock_is_open_or_closed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="What the reader reads: printable ASCII, as much as fits into a barcode.",
                        max_length=80,
                    ),
                ),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("given_at", models.DateTimeField(editable=False, null=True)),
                (
                    "asset_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="assets.assettype"
                    ),
                ),
                (
                    "reservation",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ticket",
                        to="assets.reservation",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_at", None)), fields=["asset_type", "id"], name="ticket_in_stock"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("asset_type", "code"), name="ticket_is_in_stock_once"),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[ -~]+$")), name="ticket_code_is_printable"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reservation", None), ("given_at__isnull", False), _connector="OR"),
                        name="ticket_of_a_leg_is_given_out",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ancillary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(max_length=10, validators=[django.core.validators.RegexValidator("^[A-Z]+$")]),
                ),
                (
                    "number",
                    models.CharField(max_length=2, validators=[django.core.validators.RegexValidator("^[0-9A-Z]{2}$")]),
                ),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Per ride, VAT included, in the currency and under the VAT of the ride's own price list.",
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ancillaries",
                "ordering": ["category", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("category", "number"), name="ancillary_has_its_own_number"),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9A-Z]{2}$")),
                        name="ancillary_number_has_two_characters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                        name="ancillary_price_is_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AncillaryStock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveSmallIntegerField()),
                (
                    "ancillary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stocks", to="assets.ancillary"
                    ),
                ),
                (
                    "asset_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ancillaries",
                        to="assets.assettype",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ancillary", "asset_type"), name="ancillary_stock_of_a_type_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="AncillaryReservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.PositiveSmallIntegerField(null=True)),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "ancillary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="assets.ancillary"
                    ),
                ),
                (
                    "stock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="assets.ancillarystock",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ancillaries", to="assets.reservation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("item__isnull", False), ("released_at__isnull", True)),
                        expressions=[
                            (
                                models.Func(
                                    models.F("stock"), models.F("stock"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("item"), models.F("item"), models.Value("[]"), function="int4range"
                                ),
                                "&&",
                            ),
                            (models.F("period"), "&&"),
                        ],
                        name="ancillary_is_never_given_twice",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("reservation", "ancillary"),
                        name="ancillary_is_taken_once_per_leg",
                    ),
                ],
            },
        ),
    ]
