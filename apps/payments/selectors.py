"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Max, Q, QuerySet, Sum

from apps.payments.models import Invoice, JournalEntry, RefundLimit
from apps.providers.models import Provider


@dataclass(frozen=True)
class JournalFilter:
    """What `GET /payment/journal-entry` selects by; every part may be absent. `id` is a booking's or a leg's."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    category: str | None = None
    id: UUID | None = None


def entries_of(provider: Provider, wanted: JournalFilter) -> QuerySet[JournalEntry]:
    """An MP's entries that match, oldest first. Source: TOMP 1.6.1 GET /payment/journal-entry."""
    found = JournalEntry.objects.filter(provider=provider).order_by("id")
    if wanted.since is not None:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(created_at__lte=wanted.until)
    if wanted.state is not None:
        found = found.filter(state=wanted.state)
    if wanted.category is not None:
        found = found.filter(category=wanted.category)
    if wanted.id is not None:
        found = found.filter(Q(booking_id=wanted.id) | Q(journal_id=wanted.id))
    return found


@dataclass(frozen=True)
class InvoiceLine:
    """What of an invoice is of one category and one VAT; amounts in the invoice's currency."""

    category: str
    vat_rate: Decimal
    vat_country: str
    entries: int
    amount: Decimal
    amount_ex_vat: Decimal


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """The invoice summed up by the database, in the order of the categories' names."""
    sums = invoice.lines.order_by("category", "vat_country", "vat_rate").values("category", "vat_rate", "vat_country")
    counted = sums.annotate(entries=Count("pk"), total=Sum("amount"), total_ex_vat=Sum("amount_ex_vat"))
    return [
        InvoiceLine(
            category=one["category"],
            vat_rate=one["vat_rate"],
            vat_country=one["vat_country"],
            entries=one["entries"],
            amount=one["total"],
            amount_ex_vat=one["total_ex_vat"],
        )
        for one in counted
    ]


def refund_limit(user: User, currency: str) -> Decimal | None:
    """How much of a currency somebody may give back alone: the most that one of their roles may.

    None, as much as was charged, for administrators and where none of their roles has a limit.
    """
    if user.is_superuser:
        return None
    limits = RefundLimit.objects.filter(role__user=user, currency=currency)
    most: Decimal | None = limits.aggregate(most=Max("amount"))["most"]
    return most
