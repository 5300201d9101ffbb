"""The tables of this app."""

import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import apps.customers.found_by
import apps.customers.models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("customers", "0002_found_by_traveller"),
        ("customers", "0003_found_as_people_type"),
    ]

    initial = True

    dependencies = [
        ("customers", "0001_found_as_people_type"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account_id",
                    models.CharField(
                        default=apps.customers.models.new_account_id, editable=False, max_length=40, unique=True
                    ),
                ),
                (
                    "external_id",
                    models.CharField(blank=True, editable=False, help_text="The MP's own id.", max_length=200),
                ),
                ("email", models.CharField(blank=True, editable=False, max_length=320)),
                (
                    "details",
                    models.JSONField(
                        default=dict, editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("CREATED", "created"),
                            ("TO_PENDING_VALIDATION", "waiting for validation"),
                            ("ACTIVE", "active"),
                            ("BLOCKED", "blocked"),
                        ],
                        default="CREATED",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("modified_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customer_accounts",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "permissions": [("see_personal_data", "Can see personal data of customers")],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        apps.customers.found_by.FoundBy("details"), name="customer_is_found_by"
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["external_id"],
                        name="customer_by_external_id",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["CREATED", "TO_PENDING_VALIDATION", "ACTIVE", "BLOCKED"])),
                        name="customer_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("external_id", ""), _negated=True), ("erased_at", None)),
                        fields=("provider", "external_id"),
                        name="customer_external_id_is_used_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("email", ""), _negated=True), ("erased_at", None)),
                        fields=("provider", "email"),
                        name="customer_email_is_used_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("details", {}), ("email", ""), ("external_id", "")),
                            _connector="OR",
                        ),
                        name="customer_that_is_erased_has_no_personal_data",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
    ]
