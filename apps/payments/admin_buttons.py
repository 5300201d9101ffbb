"""What may be done with money: closing an MP's invoices; costs and credits beside the fare of a booking or a leg."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from apps.backoffice.buttons import Button, Press, ReasonForm, SubjectForm
from apps.backoffice.words import amount_in_words
from apps.bookings.models import STANDING, Booking
from apps.payments.extra_costs import CREDITS, OVER, ExtraCosts, charge, fare_vat
from apps.payments.invoicing import close_invoices
from apps.payments.models import ClaimState, JournalCategory
from apps.payments.selectors import refund_limit
from apps.pricing.money import decimals_of

# What staff may charge for; FARE and DEPOSIT come from the agreement alone.
COSTS = [
    JournalCategory.DAMAGE,
    JournalCategory.LOSS,
    JournalCategory.STOLEN,
    JournalCategory.EXTRA_USAGE,
    JournalCategory.FINE,
    JournalCategory.OTHER_ASSET_USED,
    JournalCategory.OTHER,
]


class PeriodForm(SubjectForm):
    """Until when; what was invoiced before is left out anyway."""

    until = forms.SplitDateTimeField(widget=UnfoldAdminSplitDateTimeWidget, help_text="Entries written before.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _close(press: Press) -> HttpResponse | None:
    for invoice in close_invoices(provider=press.subject, until=press.answers["until"]):
        total = amount_in_words(invoice.amount, invoice.currency)
        messages.success(press.request, f"Invoice {invoice.number}: {invoice.entries} entries, {total}.")
    return None


CLOSE_INVOICES = Button(
    name="close-invoices",
    label="Close invoices",
    icon="receipt_long",
    fits=lambda provider: True,
    consequence=lambda provider: (
        f"What {provider} owes until then goes into one invoice per currency. That is final: it is corrected by "
        "entries of the next period."
    ),
    run=_close,
    done="The journal shows what was invoiced.",
    form=PeriodForm,
    permission="payments.add_invoice",
)


class AmountForm(ReasonForm):
    """How much, of which kind, with which VAT, and why: for a booking or a leg."""

    category = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(min_value=0, max_digits=12, widget=UnfoldAdminDecimalFieldWidget)
    vat_rate = forms.DecimalField(
        label="VAT",
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="Percent; the amount includes it.",
    )
    field_order = ("category", "amount", "vat_rate", "reason")
    categories: tuple[JournalCategory, ...] = ()

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        fields: Any = self.fields
        vat = fare_vat(_booking(subject), subject.pk)
        fields["category"].choices = [(one.value, one.label) for one in self.categories]
        fields["amount"].help_text = f"In {vat.currency}, VAT included; {decimals_of(vat.currency)} decimals at most."
        fields["vat_rate"].initial = vat.rate
        fields["reason"].help_text = "Told to the provider, and kept in the journal for good: name nobody."


class CostsForm(AmountForm):
    """What the MP is charged."""

    categories = tuple(COSTS)


class CreditForm(AmountForm):
    """What the MP is given back."""

    categories = tuple(CREDITS)


def _booking(subject: Any) -> Booking:
    """A booking, or that of a leg."""
    booking: Booking = subject if isinstance(subject, Booking) else subject.booking
    return booking


def _charge(sign: int) -> Callable[[Press], HttpResponse | None]:
    def run(press: Press) -> HttpResponse | None:
        journal_id: UUID = press.subject.pk
        costs = ExtraCosts(
            category=press.answers["category"],
            amount=sign * press.answers["amount"],
            vat_rate=press.answers["vat_rate"],
            description=press.reason,
        )
        booking = _booking(press.subject)
        limit = refund_limit(press.user, fare_vat(booking, journal_id).currency)
        claim = charge(booking_id=booking.pk, journal_id=journal_id, costs=costs, actor=press.actor, alone_up_to=limit)
        if claim.state == ClaimState.RECEIVED:
            messages.warning(
                press.request, "That is more than you may give back: it waits for somebody else to approve it."
            )
            return HttpResponseRedirect(reverse("admin:payments_claim_change", args=[claim.pk]))
        return None

    return run


# On the page of a booking, and of a leg.
MONEY_BUTTONS = (
    Button(
        name="extra-costs",
        label="Charge extra costs",
        icon="add_card",
        fits=lambda subject: _booking(subject).state in [*STANDING, *OVER],
        consequence=lambda subject: (
            f"An entry is added to the journal, and claimed from {_booking(subject).provider} at once. It is never "
            "edited: a mistake is given back."
        ),
        run=_charge(1),
        done="The costs are in the journal, and claimed.",
        form=CostsForm,
        group="Money",
        permission="payments.add_claim",
    ),
    Button(
        name="give-back",
        label="Give money back",
        icon="currency_exchange",
        fits=lambda subject: _booking(subject).state in OVER,
        consequence=lambda subject: (
            f"A credit is added to the journal, and {_booking(subject).provider} is told so. No more can be given back "
            "than was charged for the booking; beyond your limit a second person is asked. What has been invoiced is "
            "corrected on the next invoice."
        ),
        run=_charge(-1),
        done="The credit is in the journal.",
        form=CreditForm,
        group="Money",
        permission="payments.add_claim",
    ),
)
