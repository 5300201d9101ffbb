"""Staff keep the filters of lists under a name; some share them with a role."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.backoffice.grants import give
from apps.history.auditing import note_changes

SHARE = ("backoffice.savedfilter.share_saved_filters",)
ROLES = {"Fleet manager": SHARE, "Integration manager": SHARE, "Finance": SHARE, "Administrator": SHARE}


def give_permissions(apps: Any, schema_editor: Any) -> None:
    """Give each role what it lacks."""
    give(apps, ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("backoffice", "0025_who_sees_maintenance_jobs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list_name",
                    models.CharField(
                        help_text="App and model, such as bookings_booking.", max_length=100, verbose_name="list"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.TextField(blank=True)),
                ("order", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shared_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="shared_filters",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "permissions": [("share_saved_filters", "Can share saved filters with a role")],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "list_name", "name"), name="saved_filter_has_its_name_once_per_owner_and_list"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_filter_has_a_name"
                    ),
                ],
            },
        ),
        note_changes("backoffice_savedfilter"),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
