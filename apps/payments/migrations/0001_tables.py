"""The tables of this app."""

import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("payments", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("bookings", "0002_keys"),
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(help_text="Year and running number.", max_length=20, unique=True)),
                ("until", models.DateTimeField(help_text="Entries written before.")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("currency", models.CharField(max_length=3)),
                ("entries", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=4, help_text="VAT included.", max_digits=16)),
                ("amount_ex_vat", models.DecimalField(decimal_places=4, max_digits=16)),
                ("since", models.DateTimeField(help_text="When its first entry was written.", null=True)),
                (
                    "issued_by",
                    models.TextField(blank=True, help_text="The operator's name and address when it was closed."),
                ),
                ("billed_to", models.TextField(blank=True, help_text="The MP's name and address when it was closed.")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="providers.provider"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("entries__gte", 1)), name="invoice_has_entries"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="invoice_currency_is_iso_4217"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("journal_id", models.UUIDField(help_text="The leg's id.")),
                ("sequence", models.PositiveIntegerField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("FARE", "fare"),
                            ("DAMAGE", "damage"),
                            ("LOSS", "loss"),
                            ("STOLEN", "stolen"),
                            ("EXTRA_USAGE", "extra usage"),
                            ("REFUND", "refund"),
                            ("FINE", "fine"),
                            ("OTHER_ASSET_USED", "other asset used"),
                            ("CREDIT", "credit"),
                            ("VOUCHER", "voucher"),
                            ("DEPOSIT", "deposit"),
                            ("OTHER", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("TO_INVOICE", "to invoice"), ("INVOICED", "invoiced")],
                        default="TO_INVOICE",
                        max_length=10,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, help_text="VAT included; credits are negative.", max_digits=12
                    ),
                ),
                ("amount_ex_vat", models.DecimalField(decimal_places=4, max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                ("vat_rate", models.DecimalField(decimal_places=2, max_digits=5)),
                ("vat_country", models.CharField(max_length=2)),
                ("distance_km", models.DecimalField(decimal_places=3, max_digits=10, null=True)),
                ("used_seconds", models.PositiveIntegerField(null=True)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("details", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_entries",
                        to="bookings.booking",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.invoice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_entries",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "ordering": ["booking_id", "id"],
                "indexes": [
                    models.Index(
                        fields=["provider", "id"],
                        include=("state", "category", "created_at"),
                        name="journal_page_of_provider",
                    ),
                    models.Index(fields=["booking", "id"], name="journal_of_booking"),
                    models.Index(fields=["created_at"], name="journal_by_when_written"),
                    models.Index(
                        condition=models.Q(("state", "TO_INVOICE")),
                        fields=["provider", "currency"],
                        name="journal_to_invoice",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("journal_id", "sequence"), name="journal_sequence_is_used_once"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="journal_currency_is_iso_4217"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invoice__isnull", False), ("state", "INVOICED")),
                            models.Q(("invoice", None), ("state", "TO_INVOICE")),
                            _connector="OR",
                        ),
                        name="journal_is_invoiced_on_an_invoice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "journal_id",
                    models.UUIDField(
                        editable=False, help_text="The leg's id; the booking's where it is for all of it."
                    ),
                ),
                (
                    "claimant",
                    models.CharField(
                        choices=[
                            ("TO", "staff"),
                            ("MP", "MaaS provider"),
                            ("END_USER", "end user, through the MP"),
                            ("OTHER", "other party"),
                            ("CLOCK", "clock"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "asked_by",
                    models.CharField(
                        blank=True, editable=False, help_text="Of staff; empty for an MP's.", max_length=150
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("RECEIVED", "received"), ("ACCEPTED", "accepted"), ("REJECTED", "rejected")],
                        default="RECEIVED",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("FARE", "fare"),
                            ("DAMAGE", "damage"),
                            ("LOSS", "loss"),
                            ("STOLEN", "stolen"),
                            ("EXTRA_USAGE", "extra usage"),
                            ("REFUND", "refund"),
                            ("FINE", "fine"),
                            ("OTHER_ASSET_USED", "other asset used"),
                            ("CREDIT", "credit"),
                            ("VOUCHER", "voucher"),
                            ("DEPOSIT", "deposit"),
                            ("OTHER", "other"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, help_text="VAT included; credits are negative.", max_digits=12
                    ),
                ),
                ("amount_ex_vat", models.DecimalField(decimal_places=4, max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                ("vat_rate", models.DecimalField(decimal_places=2, max_digits=5)),
                ("vat_country", models.CharField(max_length=2)),
                ("description", models.CharField(max_length=500)),
                ("number", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                (
                    "number_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LITER", "litres"),
                            ("KILOWATTHOUR", "kilowatt hours"),
                            ("CO2_COMPENSATION", "CO₂ compensation"),
                            ("OTHER", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("account", models.JSONField(help_text="TOMP `bankAccount`.", null=True)),
                ("meta", models.JSONField(help_text="As the MP sent it.", null=True)),
                (
                    "body_sha256",
                    models.CharField(blank=True, help_text="Of what the MP sent; empty for our own.", max_length=64),
                ),
                ("answer", models.CharField(blank=True, help_text="Why it was accepted or rejected.", max_length=500)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "booking",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="bookings.booking",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="payments.journalentry",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "RECEIVED")), fields=["id"], name="claim_to_decide")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["RECEIVED", "ACCEPTED", "REJECTED"])),
                        name="claim_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", False), ("state", "ACCEPTED")),
                            models.Q(models.Q(("state", "ACCEPTED"), _negated=True), ("entry", None)),
                            _connector="OR",
                        ),
                        name="claim_is_in_the_journal_when_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="claim_is_of_some_amount"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("body_sha256", ""), _negated=True),
                        fields=("booking", "journal_id", "body_sha256"),
                        name="claim_is_received_once",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="JournalFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(help_text="What should hold.", max_length=200)),
                (
                    "subject",
                    models.CharField(
                        help_text="The leg, claim or booking it is about.", max_length=60, verbose_name="what"
                    ),
                ),
                ("problem", models.TextField(help_text="How it is instead.")),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                (
                    "told_at",
                    models.DateTimeField(
                        help_text="When finance was sent an e-mail of it.", null=True, verbose_name="mailed"
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="journal_findings",
                        to="bookings.booking",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "rule"), name="journal_finding_is_there_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(help_text="ISO 4217.", max_length=3)),
                (
                    "amount",
                    models.DecimalField(decimal_places=4, help_text="VAT included. 0: nothing alone.", max_digits=12),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refund_limits", to="auth.group"
                    ),
                ),
            ],
            options={
                "ordering": ["role__name", "currency"],
                "constraints": [
                    models.UniqueConstraint(fields=("role", "currency"), name="refund_limit_is_set_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="refund_limit_is_no_debt"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="refund_limit_currency_is_iso_4217"
                    ),
                ],
            },
        ),
    ]
