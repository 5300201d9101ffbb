import django.db.models.deletion
import i18nfield.fields
from django.db import migrations, models

from apps.revisions.models import Subject
from apps.revisions.triggers import note_revisions


class Migration(migrations.Migration):
    dependencies = [
        ("revisions", "0002_the_database_notes_revisions"),
        ("operator", "0002_opening_hours_and_calendar"),
        ("stations", "0003_where_the_key_is"),
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
                        condition=models.Q(("end_time__gt", models.F("start_time"))),
                        name="alert_period_lasts_some_time",
                        violation_error_message="The end has to lie after the start.",
                    )
                ],
            },
        ),
        note_revisions("operator_alert", Subject.ALERTS),
        note_revisions("operator_alert_regions", Subject.ALERTS),
        note_revisions("operator_alert_stations", Subject.ALERTS),
        note_revisions("operator_alertperiod", Subject.ALERTS, "start_time", "end_time"),
    ]
