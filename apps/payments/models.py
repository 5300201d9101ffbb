"""The journal: what an MP owes, or is owed. Entries are added, never edited."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.bookings.models import Booking
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
            models.Index(fields=["provider", "id"], name="journal_of_provider"),
            models.Index(fields=["booking", "id"], name="journal_of_booking"),
            models.Index(fields=["provider", "currency"], name="journal_to_invoice", condition=Q(state="TO_INVOICE")),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.amount} {self.currency}"
