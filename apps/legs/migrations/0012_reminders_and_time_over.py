from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0008_tickets_are_given_once"),
        ("bookings", "0008_reminders"),
        ("legs", "0011_ancillaries"),
        ("parking", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="leg",
            name="overtime_at",
            field=models.DateTimeField(help_text="When its MP is told that it is over time.", null=True),
        ),
        migrations.AddField(
            model_name="leg",
            name="reminder_at",
            field=models.DateTimeField(help_text="When its MP is reminded of the agreed arrival.", null=True),
        ),
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["arrival_time"],
                name="leg_to_be_back",
            ),
        ),
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["reminder_at"],
                name="leg_to_remind_of",
            ),
        ),
        AddIndexConcurrently(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["overtime_at"],
                name="leg_over_time",
            ),
        ),
    ]
