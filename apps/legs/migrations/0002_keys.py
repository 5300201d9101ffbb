"""What ties them to those of other apps, their indexes and constraints."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("legs", "0002_where_the_traveller_was"),
    ]

    initial = True

    dependencies = [
        ("assets", "0002_keys"),
        ("bookings", "0002_keys"),
        ("legs", "0001_tables"),
        ("parking", "0001_tables"),
        ("payments", "0001_tables"),
        ("webhooks", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="entry",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="payments.journalentry",
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="asset",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="assets.asset"
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="asset_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="assets.assettype"
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="booking",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="legs", to="bookings.booking"
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="parked_car",
            field=models.OneToOneField(
                help_text="Whose bill this leg picks up.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leg",
                to="parking.parkedcar",
            ),
        ),
        migrations.AddField(
            model_name="leg",
            name="reservation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="leg", to="assets.reservation"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="leg",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="legs.leg"
            ),
        ),
        migrations.AddField(
            model_name="legevent",
            name="leg",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="legs.leg"),
        ),
        migrations.AddField(
            model_name="lockcommand",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lock_commands", to="assets.asset"
            ),
        ),
        migrations.AddField(
            model_name="lockcommand",
            name="leg",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="lock_commands", to="legs.leg"
            ),
        ),
        migrations.AddField(
            model_name="replacement",
            name="asset",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.asset"),
        ),
        migrations.AddField(
            model_name="replacement",
            name="leg",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="replacements", to="legs.leg"
            ),
        ),
        migrations.AddField(
            model_name="replacement",
            name="message",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webhooks.outboxmessage"
            ),
        ),
        migrations.AddField(
            model_name="replacement",
            name="reservation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="replacement", to="assets.reservation"
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["state"], name="leg_by_state"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["-departure_time"], name="leg_latest_first"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("actual_departure_time__isnull", False)),
                fields=["actual_departure_time"],
                name="leg_by_when_it_was_ridden",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["arrival_time"],
                name="leg_to_be_back",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["reminder_at"],
                name="leg_to_remind_of",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state__in", ["IN_USE", "PAUSED", "FINISHING"])),
                fields=["overtime_at"],
                name="leg_over_time",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("asset", None), ("state__in", ["NOT_STARTED", "PREPARING"])),
                fields=["assign_at"],
                name="leg_to_be_given_an_asset",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "NOT_STARTED",
                            "PREPARING",
                            "IN_USE",
                            "PAUSED",
                            "FINISHING",
                            "FINISHED",
                            "ISSUE_REPORTED",
                            "CANCELLED",
                        ],
                    )
                ),
                name="leg_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["IN_USE", "PAUSED", "FINISHING", "FINISHED"]),
                        ("state_before_issue__in", ["IN_USE", "PAUSED", "FINISHING"]),
                        _connector="OR",
                        _negated=True,
                    ),
                    models.Q(
                        models.Q(("asset__isnull", False), ("parked_car__isnull", False), _connector="OR"),
                        ("actual_departure_time__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="leg_in_use_has_an_asset_or_a_parked_car_and_a_departure",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("issue_since__isnull", False),
                        ("state", "ISSUE_REPORTED"),
                        ("state_before_issue__in", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING"]),
                    ),
                    models.Q(
                        models.Q(("state", "ISSUE_REPORTED"), _negated=True),
                        ("issue_since__isnull", True),
                        ("state_before_issue", ""),
                    ),
                    _connector="OR",
                ),
                name="leg_with_an_issue_knows_its_former_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["IN_USE", "PAUSED", "FINISHING"]),
                    ("state_before_issue__in", ["IN_USE", "PAUSED", "FINISHING"]),
                    _connector="OR",
                ),
                fields=("asset",),
                name="leg_asset_is_ridden_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(("lacks_asset_since__isnull", True), ("asset__isnull", True), _connector="OR"),
                name="leg_that_lacks_an_asset_has_none",
            ),
        ),
        migrations.AddIndex(
            model_name="legevent",
            index=models.Index(
                condition=models.Q(("user_latitude__isnull", False)),
                fields=["received_at"],
                name="leg_event_user_location",
            ),
        ),
        migrations.AddIndex(
            model_name="lockcommand",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["look_at"], name="lock_command_to_settle"
            ),
        ),
        migrations.AddIndex(
            model_name="lockcommand",
            index=models.Index(fields=["asset", "-id"], name="lock_command_latest_of_asset"),
        ),
        migrations.AddConstraint(
            model_name="lockcommand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None)), fields=("asset",), name="lock_command_is_open_once_per_asset"
            ),
        ),
        migrations.AddConstraint(
            model_name="lockcommand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at", None), models.Q(("state__in", ["DUE", "SENT"]), _negated=True), _connector="OR"
                ),
                name="lock_command_settled_has_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="replacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("leg",), name="leg_has_one_replacement_asked_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="replacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("outcome", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                    _connector="OR",
                ),
                name="replacement_that_ended_has_an_outcome",
            ),
        ),
    ]
