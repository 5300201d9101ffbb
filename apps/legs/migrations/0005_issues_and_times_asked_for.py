from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

RIDDEN_ONCE = "leg_asset_is_ridden_once_at_a_time"
UNDER_WAY = ["IN_USE", "PAUSED", "FINISHING"]
STATES = [
    ("NOT_STARTED", "not started"),
    ("PREPARING", "preparing"),
    ("IN_USE", "in use"),
    ("PAUSED", "paused"),
    ("FINISHING", "finishing"),
    ("FINISHED", "finished"),
    ("ISSUE_REPORTED", "issue reported"),
    ("CANCELLED", "cancelled"),
]


def made_anew(condition: str) -> list[str]:
    """A constraint with a condition is an index, which can take the place of another without holding up riders."""
    return [
        f"CREATE UNIQUE INDEX CONCURRENTLY {RIDDEN_ONCE}_new ON legs_leg (asset_id) WHERE {condition}",
        f"DROP INDEX CONCURRENTLY {RIDDEN_ONCE}",
        f"ALTER INDEX {RIDDEN_ONCE}_new RENAME TO {RIDDEN_ONCE}",
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assets", "0001_initial"),
        ("legs", "0004_riders_of_a_group"),
    ]

    operations = [
        migrations.AddField(
            model_name="leg",
            name="issue_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="leg",
            name="state_before_issue",
            field=models.CharField(blank=True, choices=STATES, max_length=14),
        ),
        migrations.AddField(
            model_name="legevent",
            name="asked_for",
            field=models.DateTimeField(help_text="The departure or arrival that it asks for.", null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    made_anew(
                        "state IN ('IN_USE', 'PAUSED', 'FINISHING') "
                        "OR state_before_issue IN ('IN_USE', 'PAUSED', 'FINISHING')"
                    ),
                    made_anew("state IN ('IN_USE', 'PAUSED', 'FINISHING')"),
                )
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="leg", name=RIDDEN_ONCE),
                migrations.AddConstraint(
                    model_name="leg",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", UNDER_WAY), ("state_before_issue__in", UNDER_WAY), _connector="OR"
                        ),
                        fields=("asset",),
                        name=RIDDEN_ONCE,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="leg", name="leg_in_use_has_an_asset_and_a_departure"),
        AddConstraintNotValid(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", [*UNDER_WAY, "FINISHED"]),
                        ("state_before_issue__in", UNDER_WAY),
                        _connector="OR",
                        _negated=True,
                    ),
                    models.Q(("actual_departure_time__isnull", False), ("asset__isnull", False)),
                    _connector="OR",
                ),
                name="leg_in_use_has_an_asset_and_a_departure",
            ),
        ),
        AddConstraintNotValid(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("issue_since__isnull", False),
                        ("state", "ISSUE_REPORTED"),
                        ("state_before_issue__in", ["NOT_STARTED", "PREPARING", *UNDER_WAY]),
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
        ValidateConstraint(model_name="leg", name="leg_in_use_has_an_asset_and_a_departure"),
        ValidateConstraint(model_name="leg", name="leg_with_an_issue_knows_its_former_state"),
    ]
