"""What ties them to those of other apps, their indexes and constraints."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import apps.customers.found_by


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("bookings", "0002_wait_longer_and_answer_later"),
        ("bookings", "0003_nobody_came"),
        ("bookings", "0004_subscription"),
        ("bookings", "0005_notifications"),
        ("bookings", "0006_customer_account"),
        ("bookings", "0007_purged_bookings"),
        ("bookings", "0008_reminders"),
        ("bookings", "0009_found_by_traveller"),
        ("bookings", "0010_travellers_are_forgotten"),
        ("bookings", "0011_found_as_people_type"),
    ]

    initial = True

    dependencies = [
        ("bookings", "0001_tables"),
        ("legs", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="leg",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notifications", to="legs.leg"
            ),
        ),
        migrations.AddField(
            model_name="purgedbooking",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.provider"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state__in", ["PENDING", "CONDITIONAL_CONFIRMED"])),
                fields=["expires_at"],
                name="booking_to_expire",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "CONFIRMED")), fields=["no_show_at"], name="booking_nobody_came"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "CONFIRMED")), fields=["reminder_at"], name="booking_to_remind_of"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state__in", ["EXPIRED", "RELEASED", "REJECTED"])),
                fields=["expires_at"],
                name="booking_to_purge",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=django.contrib.postgres.indexes.GinIndex(
                apps.customers.found_by.FoundBy("customer", "extra_info"), name="booking_is_found_by"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(
                    ("forgotten_at", None), ("state__in", ["REJECTED", "RELEASED", "EXPIRED", "CANCELLED", "FINISHED"])
                ),
                fields=["departure_time"],
                name="booking_to_forget",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["provider", "-created_at"], name="booking_of_provider"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["-created_at"], name="booking_newest_first"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["state", "-created_at"], name="booking_by_state"),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "NEW",
                            "PENDING",
                            "REJECTED",
                            "RELEASED",
                            "EXPIRED",
                            "CONDITIONAL_CONFIRMED",
                            "CONFIRMED",
                            "CANCELLED",
                            "STARTED",
                            "FINISHED",
                        ],
                    )
                ),
                name="booking_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["PENDING", "CONDITIONAL_CONFIRMED"]), _negated=True),
                    ("expires_at__isnull", False),
                    _connector="OR",
                ),
                name="booking_that_waits_has_an_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["booking", "id"], name="notification_of_booking"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "VEHICLE_NOT_AVAILABLE",
                            "USER_NO_SHOW",
                            "ETA",
                            "MESSAGE_TO_DRIVER",
                            "MESSAGE_TO_END_USER",
                            "USER_OUT_OF_LIMITS",
                            "OTHER",
                        ],
                    )
                ),
                name="notification_type_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("type", "ETA"), _negated=True), ("minutes__isnull", False), _connector="OR"
                ),
                name="notification_of_an_eta_has_its_minutes",
            ),
        ),
    ]
