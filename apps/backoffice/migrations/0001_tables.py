"""The tables of this app."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("backoffice", "0001_roles"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoginRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "second_factor",
                    models.BooleanField(
                        default=False,
                        help_text="Who has this role sets up an authenticator app at the next log-in, and then gives a code each time.",
                        verbose_name="demands a second factor",
                    ),
                ),
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="login_rule", to="auth.group"
                    ),
                ),
            ],
        ),
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
    ]
