"""The tables of this app."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import i18nfield.fields
from django.db import migrations, models

import apps.operator.models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("operator", "0001_initial"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("operator", "0003_alerts"),
        ("operator", "0004_what_invoices_need"),
        ("operator", "0005_apps_of_ours_and_the_feed"),
        ("operator", "0006_moments_can_be_told"),
    ]

    initial = True

    dependencies = [
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alert_id", models.SlugField(max_length=100, unique=True)),
                (
                    "alert_type",
                    models.CharField(
                        choices=[
                            ("SYSTEM_CLOSURE", "we are closed"),
                            ("STATION_CLOSURE", "a station is closed"),
                            ("STATION_MOVE", "a station is moved"),
                            ("OTHER", "other"),
                        ],
                        max_length=15,
                        verbose_name="type",
                    ),
                ),
                (
                    "summary",
                    i18nfield.fields.I18nCharField(help_text="One line, as a traveller reads it.", max_length=200),
                ),
                ("description", i18nfield.fields.I18nTextField(blank=True)),
                ("url", models.URLField(blank=True, help_text="Where travellers read more.")),
                ("last_updated", models.DateTimeField(auto_now=True)),
                ("regions", models.ManyToManyField(blank=True, related_name="+", to="stations.region")),
                (
                    "stations",
                    models.ManyToManyField(
                        blank=True,
                        help_text="No region and no station: the whole system.",
                        related_name="+",
                        to="stations.station",
                    ),
                ),
            ],
            options={
                "ordering": ["alert_id"],
            },
        ),
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "system_id",
                    models.CharField(help_text="Our id in `addressed-to` and /operator/information.", max_length=100),
                ),
                ("name", i18nfield.fields.I18nCharField(max_length=200)),
                ("short_name", i18nfield.fields.I18nCharField(blank=True, max_length=50)),
                ("legal_name", i18nfield.fields.I18nCharField(blank=True, max_length=200)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        help_text="Language tags of all texts, the default one first, such as nl, en.",
                        size=None,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Amsterdam", max_length=50, validators=[apps.operator.models.validate_time_zone]
                    ),
                ),
                (
                    "type_of_system",
                    models.CharField(
                        choices=[
                            ("FREE_FLOATING", "free floating"),
                            ("STATION_BASED", "station based"),
                            ("VIRTUAL_STATION_BASED", "virtual stations"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "product_type",
                    models.CharField(
                        choices=[
                            ("RENTAL", "rental"),
                            ("SHARING", "sharing"),
                            ("PARKING", "parking"),
                            ("CHARGING", "charging"),
                        ],
                        default="SHARING",
                        max_length=10,
                    ),
                ),
                ("url", models.URLField(blank=True)),
                ("purchase_url", models.URLField(blank=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("feed_contact_email", models.EmailField(blank=True, max_length=254)),
                ("phone_number", models.CharField(blank=True, max_length=30)),
                ("start_date", models.DateField(blank=True, null=True)),
                (
                    "conditions",
                    i18nfield.fields.I18nTextField(
                        blank=True, help_text="General rental conditions, shown to travellers."
                    ),
                ),
                (
                    "license_url",
                    models.URLField(blank=True, help_text="Under which terms what we publish may be used."),
                ),
                ("store_uri_android", models.CharField(blank=True, help_text="Our app in the store.", max_length=500)),
                (
                    "discovery_uri_android",
                    models.CharField(
                        blank=True, help_text="By which a phone finds out whether our app is on it.", max_length=500
                    ),
                ),
                (
                    "store_uri_ios",
                    models.CharField(
                        blank=True, help_text="Our app in the store.", max_length=500, verbose_name="store URI iOS"
                    ),
                ),
                (
                    "discovery_uri_ios",
                    models.CharField(
                        blank=True,
                        help_text="By which a phone finds out whether our app is on it.",
                        max_length=500,
                        verbose_name="discovery URI iOS",
                    ),
                ),
                (
                    "gbfs_access",
                    models.CharField(
                        choices=[
                            ("OFF", "nobody, there is none"),
                            ("PUBLIC", "everybody"),
                            ("KEY", "MPs with their credentials, others with the feed's key"),
                        ],
                        db_default="OFF",
                        default="OFF",
                        max_length=6,
                        verbose_name="GBFS feed for",
                    ),
                ),
                ("gbfs_key_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("chamber_of_commerce_number", models.CharField(blank=True, max_length=30)),
                ("chamber_of_commerce_place", models.CharField(blank=True, max_length=100)),
                ("postal_address", models.TextField(blank=True, help_text="As it stands on invoices, line by line.")),
                (
                    "vat_number",
                    models.CharField(
                        blank=True, help_text="Printed on invoices.", max_length=30, verbose_name="VAT number"
                    ),
                ),
                (
                    "finance_email",
                    models.EmailField(
                        blank=True,
                        help_text="Told when the journal of a booking does not come to what the booking owes.",
                        max_length=254,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "operator",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="operator_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("languages__len__gte", 1)), name="operator_speaks_a_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gbfs_access", "OFF"), models.Q(("feed_contact_email", ""), _negated=True), _connector="OR"
                        ),
                        name="operator_names_a_contact_in_its_feed",
                        violation_error_message="A GBFS feed names a contact: fill in the feed contact email.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_time", models.DateTimeField()),
                ("end_time", models.DateTimeField()),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="operator.alert"
                    ),
                ),
            ],
            options={
                "verbose_name": "period",
                "verbose_name_plural": "periods",
                "ordering": ["start_time"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("start_time", None),
                                models.Q(
                                    (
                                        "start_time__gte",
                                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                    (
                                        "start_time__lt",
                                        datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("end_time", None),
                                models.Q(
                                    (
                                        "end_time__gte",
                                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                    (
                                        "end_time__lt",
                                        datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="alert_period_can_be_told",
                        violation_error_message="A moment lies between the years 1900 and 9999.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_time__gt", models.F("start_time"))),
                        name="alert_period_lasts_some_time",
                        violation_error_message="The end has to lie after the start.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_closed",
                    models.BooleanField(default=False, help_text="Closed then; otherwise these are days of operation."),
                ),
                ("start_month", models.PositiveSmallIntegerField()),
                ("start_day", models.PositiveSmallIntegerField()),
                ("start_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("end_month", models.PositiveSmallIntegerField()),
                ("end_day", models.PositiveSmallIntegerField()),
                ("end_year", models.PositiveSmallIntegerField(blank=True, null=True)),
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
                "verbose_name": "calendar entry",
                "verbose_name_plural": "calendar",
                "ordering": ["id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("station", None), _connector="OR"),
                        name="systemcalendar_are_of_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_month__range", (1, 12)), ("start_month__range", (1, 12))),
                        name="system_calendar_names_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_day__range", (1, 31)), ("start_day__range", (1, 31))),
                        name="system_calendar_names_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_year", None), ("start_year", None)),
                            models.Q(("end_year__isnull", False), ("start_year__isnull", False)),
                            _connector="OR",
                        ),
                        name="system_calendar_has_both_years_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        size=None,
                    ),
                ),
                ("start_time", models.TimeField()),
                (
                    "end_time",
                    models.TimeField(help_text="The closing minute is open. Before the start: on the day after."),
                ),
                (
                    "user_type",
                    models.CharField(
                        blank=True,
                        choices=[("MEMBER", "members"), ("NON_MEMBERS", "non-members")],
                        help_text="Empty: for everybody.",
                        max_length=11,
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
                "verbose_name": "opening hours",
                "verbose_name_plural": "opening hours",
                "ordering": ["id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("station", None), _connector="OR"),
                        name="systemhours_are_of_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__len__gte", 1)), name="system_hours_are_of_some_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("start_time", models.F("end_time")), _negated=True),
                        name="system_hours_last_some_time",
                    ),
                ],
            },
        ),
    ]
