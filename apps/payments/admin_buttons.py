"""What may be done with money: closing an MP's invoices; costs and credits beside the fare of a booking or a leg."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from apps.backoffice.buttons import Button, Press, ReasonForm, SubjectForm
from apps.backoffice.fields import MomentField
from apps.backoffice.model_words import in_words
from apps.backoffice.previews import booking_of, rehearsed
from apps.backoffice.words import amount_in_words
from apps.bookings.models import STANDING
from apps.payments.extra_costs import CREDITS, OVER, ExtraCosts, charge, fare_vat
from apps.payments.invoicing import close_invoices
from apps.payments.models import Claim, ClaimState, JournalCategory
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

    until = MomentField(label=_("Until"), help_text=_("Entries written before."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _close(press: Press) -> HttpResponse | None:
    for invoice in close_invoices(provider=press.subject, until=press.answers["until"]):
        total = amount_in_words(invoice.amount, invoice.currency)
        told = {"number": invoice.number, "entries": invoice.entries, "total": total}
        said = ngettext(
            "Invoice %(number)s: %(entries)s entry, %(total)s.",
            "Invoice %(number)s: %(entries)s entries, %(total)s.",
            invoice.entries,
        )
        messages.success(press.request, said % told)
    return None


CLOSE_INVOICES = Button(
    name="close-invoices",
    label=_("Close invoices"),
    icon="receipt_long",
    fits=lambda provider: True,
    consequence=lambda provider: (
        gettext(
            "What %(provider)s owes until then goes into one invoice per currency. That is final: it is corrected by "
            "entries of the next period."
        )
        % {"provider": provider}
    ),
    run=_close,
    done=_("The journal shows what was invoiced."),
    form=PeriodForm,
    permission="payments.add_invoice",
)


class AmountForm(ReasonForm):
    """How much, of which kind, with which VAT, and why: for a booking or a leg."""

    category = forms.ChoiceField(label=_("Category"), widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=12, widget=UnfoldAdminDecimalFieldWidget)
    vat_rate = forms.DecimalField(
        label=_("VAT"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("Percent; the amount includes it."),
    )
    field_order = ("category", "amount", "vat_rate", "reason")
    fields_of: ClassVar[dict[str, str]] = {"vatRate": "vat_rate"}
    categories: tuple[JournalCategory, ...] = ()

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        fields: Any = self.fields
        vat = fare_vat(booking_of(subject), subject.pk)
        fields["category"].choices = [(one.value, in_words(one)) for one in self.categories]
        told = {"currency": vat.currency, "decimals": decimals_of(vat.currency)}
        fields["amount"].help_text = gettext("In %(currency)s, VAT included; %(decimals)s decimals at most.") % told
        fields["vat_rate"].initial = vat.rate
        fields["reason"].help_text = gettext("Told to the provider, and kept in the journal for good: name nobody.")


class CostsForm(AmountForm):
    """What the MP is charged."""

    categories = tuple(COSTS)


class CreditForm(AmountForm):
    """What the MP is given back."""

    categories = tuple(CREDITS)


def _asked(sign: int) -> Callable[[Press], Claim]:
    """Charge, or, with a `sign` of -1, give back, what was filled in."""

    def run(press: Press) -> Claim:
        journal_id: UUID = press.subject.pk
        costs = ExtraCosts(
            category=press.answers["category"],
            amount=sign * press.answers["amount"],
            vat_rate=press.answers["vat_rate"],
            description=press.reason,
        )
        booking = booking_of(press.subject)
        limit = refund_limit(press.user, fare_vat(booking, journal_id).currency)
        return charge(booking_id=booking.pk, journal_id=journal_id, costs=costs, actor=press.actor, alone_up_to=limit)

    return run


def _charge(sign: int) -> Callable[[Press], HttpResponse | None]:
    def run(press: Press) -> HttpResponse | None:
        claim = _asked(sign)(press)
        if claim.state == ClaimState.RECEIVED:
            messages.warning(
                press.request, gettext("That is more than you may give back: it waits for somebody else to approve it.")
            )
            return HttpResponseRedirect(reverse("admin:payments_claim_change", args=[claim.pk]))
        return None

    return run


# On the page of a booking, and of a leg.
MONEY_BUTTONS = (
    Button(
        name="extra-costs",
        label=_("Charge extra costs"),
        icon="add_card",
        fits=lambda subject: booking_of(subject).state in [*STANDING, *OVER],
        consequence=lambda subject: (
            gettext(
                "An entry is added to the journal, and claimed from %(provider)s at once. It is never edited: a "
                "mistake is given back."
            )
            % {"provider": booking_of(subject).provider}
        ),
        preview=rehearsed(_asked(1)),
        run=_charge(1),
        done=_("The costs are in the journal, and claimed."),
        form=CostsForm,
        group=_("Money"),
        permission="payments.add_claim",
    ),
    Button(
        name="give-back",
        label=_("Give money back"),
        icon="currency_exchange",
        fits=lambda subject: booking_of(subject).state in OVER,
        consequence=lambda subject: (
            gettext(
                "A credit is added to the journal, and %(provider)s is told so. No more can be given back than was "
                "charged for the booking; beyond your limit a second person is asked. What has been invoiced is "
                "corrected on the next invoice."
            )
            % {"provider": booking_of(subject).provider}
        ),
        preview=rehearsed(_asked(-1)),
        run=_charge(-1),
        done=_("The credit is in the journal."),
        form=CreditForm,
        group=_("Money"),
        permission="payments.add_claim",
    ),
)
