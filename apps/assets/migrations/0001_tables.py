"""The tables of this app."""

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

    dependencies = []

    operations = [
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
            ],
            options={
                "ordering": ["code"],
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
            ],
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
            ],
            options={
                "ordering": ["type_id"],
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
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
            ],
            options={
                "ordering": ["-planned_from", "-id"],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
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
            ],
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
            ],
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
            ],
            options={
                "ordering": ["id"],
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
            ],
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
            ],
        ),
    ]
