"""The journal: what an MP owes, or is owed. Entries are added, never edited. Claims: what is owed beside the fares."""

from typing import ClassVar
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.bookings.models import Booking
from apps.history.models import ActorKind
from apps.pricing.money import round_amount
from apps.providers.models import Provider


class JournalCategory(models.TextChoices):
    """TOMP `journalCategory` (ALL, which only filters, left out)."""

    FARE = "FARE", "fare"
    DAMAGE = "DAMAGE", "damage"
    LOSS = "LOSS", "loss"
    STOLEN = "STOLEN", "stolen"
    EXTRA_USAGE = "EXTRA_USAGE", "extra usage"
    REFUND = "REFUND", "refund"
    FINE = "FINE", "fine"
    OTHER_ASSET_USED = "OTHER_ASSET_USED", "other asset used"
    CREDIT = "CREDIT", "credit"
    VOUCHER = "VOUCHER", "voucher"
    DEPOSIT = "DEPOSIT", "deposit"
    OTHER = "OTHER", "other"


class JournalState(models.TextChoices):
    """TOMP `journalState`."""

    TO_INVOICE = "TO_INVOICE", "to invoice"
    INVOICED = "INVOICED", "invoiced"


class Invoice(models.Model):
    """What an MP is charged for a period, in one currency: all its entries until then that no invoice had yet."""

    number = models.CharField(max_length=20, unique=True, help_text="Year and running number.")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="invoices")
    until = models.DateTimeField(help_text="Entries written before.")
    issued_at = models.DateTimeField(default=timezone.now)
    currency = models.CharField(max_length=3)
    entries = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=4, help_text="VAT included.")
    amount_ex_vat = models.DecimalField(max_digits=16, decimal_places=4)
    since = models.DateTimeField(null=True, help_text="When its first entry was written.")
    issued_by = models.TextField(blank=True, help_text="The operator's name and address when it was closed.")
    billed_to = models.TextField(blank=True, help_text="The MP's name and address when it was closed.")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(name="invoice_has_entries", condition=Q(entries__gte=1)),
            models.CheckConstraint(name="invoice_currency_is_iso_4217", condition=Q(currency__regex=r"^[A-Z]{3}$")),
        ]

    def __str__(self) -> str:
        return self.number


class JournalEntry(models.Model):
    """One line of the journal, in the currency and with the VAT of the fare it comes from.

    The database refuses deletion, and any change but invoicing, which is done once. `details` is a TOMP `fare`.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="journal_entries")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="journal_entries")
    journal_id = models.UUIDField(help_text="The leg's id.")
    sequence = models.PositiveIntegerField()
    category = models.CharField(max_length=16, choices=JournalCategory)
    state = models.CharField(max_length=10, choices=JournalState, default=JournalState.TO_INVOICE)
    amount = models.DecimalField(max_digits=12, decimal_places=4, help_text="VAT included; credits are negative.")
    amount_ex_vat = models.DecimalField(max_digits=12, decimal_places=4)
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    vat_country = models.CharField(max_length=2)
    distance_km = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    used_seconds = models.PositiveIntegerField(null=True)
    comment = models.CharField(max_length=500, blank=True)
    details = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="lines")

    class Meta:
        ordering: ClassVar = ["booking_id", "id"]
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(fields=["journal_id", "sequence"], name="journal_sequence_is_used_once"),
            models.CheckConstraint(name="journal_currency_is_iso_4217", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="journal_is_invoiced_on_an_invoice",
                condition=Q(state="INVOICED", invoice__isnull=False) | Q(state="TO_INVOICE", invoice=None),
            ),
        ]
        indexes = [
            # With what the journal is filtered by, so that a page far into it is found without the rows before it.
            models.Index(
                fields=["provider", "id"], include=["state", "category", "created_at"], name="journal_page_of_provider"
            ),
            models.Index(fields=["booking", "id"], name="journal_of_booking"),
            models.Index(fields=["created_at"], name="journal_by_when_written"),
            models.Index(fields=["provider", "currency"], name="journal_to_invoice", condition=Q(state="TO_INVOICE")),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {round_amount(self.amount, self.currency)} {self.currency}"


class ClaimState(models.TextChoices):
    """Where a claim stands. One of the operator's own is accepted as it is made, unless somebody has to approve it."""

    RECEIVED = "RECEIVED", "received"
    ACCEPTED = "ACCEPTED", "accepted"
    REJECTED = "REJECTED", "rejected"


class NumberType(models.TextChoices):
    """TOMP `extraCosts.numberType`: what `number` counts."""

    LITER = "LITER", "litres"
    KILOWATTHOUR = "KILOWATTHOUR", "kilowatt hours"
    CO2_COMPENSATION = "CO2_COMPENSATION", "CO₂ compensation"
    OTHER = "OTHER", "other"


class Claim(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """Costs or credits beside the fare of a booking, TOMP `extraCosts`: by staff, or by the MP.

    What an MP claims waits for staff, and what staff give back beyond their limit for somebody else of them (`asked_by`
    is who did); accepted, it has an entry in the journal. Amounts are as in the journal: VAT
    included, credits to the MP negative. What was claimed is never edited.
    """

    history_kind = "claim"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="claims", editable=False)
    journal_id = models.UUIDField(editable=False, help_text="The leg's id; the booking's where it is for all of it.")
    claimant = models.CharField(max_length=10, choices=ActorKind, editable=False)
    asked_by = models.CharField(max_length=150, blank=True, editable=False, help_text="Of staff; empty for an MP's.")
    state = FSMField(default=ClaimState.RECEIVED, choices=ClaimState.choices, protected=True)
    category = models.CharField(max_length=16, choices=JournalCategory, editable=False)
    amount = models.DecimalField(max_digits=12, decimal_places=4, help_text="VAT included; credits are negative.")
    amount_ex_vat = models.DecimalField(max_digits=12, decimal_places=4)
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    vat_country = models.CharField(max_length=2)
    description = models.CharField(max_length=500)
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    number_type = models.CharField(max_length=16, choices=NumberType, blank=True)
    account = models.JSONField(null=True, help_text="TOMP `bankAccount`.")
    meta = models.JSONField(null=True, help_text="As the MP sent it.")
    body_sha256 = models.CharField(max_length=64, blank=True, help_text="Of what the MP sent; empty for our own.")
    answer = models.CharField(max_length=500, blank=True, help_text="Why it was accepted or rejected.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="claim")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.CheckConstraint(name="claim_state_is_known", condition=Q(state__in=ClaimState.values)),
            models.CheckConstraint(
                name="claim_is_in_the_journal_when_accepted",
                condition=Q(state="ACCEPTED", entry__isnull=False) | ~Q(state="ACCEPTED") & Q(entry=None),
            ),
            models.CheckConstraint(name="claim_is_of_some_amount", condition=~Q(amount=0)),
            models.UniqueConstraint(
                name="claim_is_received_once",
                fields=["booking", "journal_id", "body_sha256"],
                condition=~Q(body_sha256=""),
            ),
        ]
        indexes = [models.Index(fields=["id"], name="claim_to_decide", condition=Q(state="RECEIVED"))]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {round_amount(self.amount, self.currency)} {self.currency}"

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> UUID:
        return self.booking_id

    @transition(state, ClaimState.RECEIVED, ClaimState.ACCEPTED)
    def accept(self) -> None:
        """Staff agree, or it is the operator's own: `entry` is in the journal."""

    @transition(state, ClaimState.RECEIVED, ClaimState.REJECTED)
    def reject(self) -> None:
        """Staff do not agree."""


class JournalFinding(models.Model):
    """Something in the journal that does not come to what is owed. Gone when it is mended."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="journal_findings")
    rule = models.CharField(max_length=200, help_text="What should hold.")
    subject = models.CharField("what", max_length=60, help_text="The leg, claim or booking it is about.")
    problem = models.TextField(help_text="How it is instead.")
    found_at = models.DateTimeField("since", default=timezone.now)
    told_at = models.DateTimeField("mailed", null=True, help_text="When finance was sent an e-mail of it.")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [models.UniqueConstraint(fields=["subject", "rule"], name="journal_finding_is_there_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.problem}"


class RefundLimit(models.Model):
    """How much of a currency one person of a role may give back for a booking; for more, a second person is asked."""

    role = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="refund_limits")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    amount = models.DecimalField(max_digits=12, decimal_places=4, help_text="VAT included. 0: nothing alone.")

    class Meta:
        ordering: ClassVar = ["role__name", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["role", "currency"], name="refund_limit_is_set_once"),
            models.CheckConstraint(name="refund_limit_is_no_debt", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="refund_limit_currency_is_iso_4217", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.amount.normalize():f} {self.currency}"
