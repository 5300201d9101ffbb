"""What finance may do: close an MP's invoices."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.words import amount_in_words
from apps.payments.invoicing import close_invoices


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
