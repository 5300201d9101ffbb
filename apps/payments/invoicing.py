"""Closing invoices: finance takes what an MP owes until some moment into a numbered invoice, once.

Totals are summed and entries marked by the database, so that neither statements nor memory grow with the period.
What has been invoiced is corrected by entries of the next period.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext

from apps.operator.selectors import the_operator
from apps.payments.models import Invoice, JournalEntry, JournalState
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState, Invalid

# Held while a number is taken, so that numbers have no gaps.
NUMBERS_LOCK = 0x696E766F


@transaction.atomic
def close_invoices(*, provider: Provider, until: datetime) -> list[Invoice]:
    """One invoice per currency of all that `provider` owes, or is owed, by entries written before `until`.

    Raises `Invalid` for a moment to come, `IllegalState` where there is nothing to invoice, and `NotFound` before staff
    have described the operator.
    """
    if until > timezone.now():
        raise Invalid(gettext("an invoice is closed for a period that is over."), field="until")
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    due = JournalEntry.objects.filter(provider=provider, state=JournalState.TO_INVOICE, created_at__lt=until)
    sums = (
        due.order_by("currency")
        .values("currency")
        .annotate(entries=Count("pk"), total=Sum("amount"), total_ex_vat=Sum("amount_ex_vat"), since=Min("created_at"))
    )
    issued_by, billed_to = _issuer(), _lines(provider.name, provider.billing_address, _vat(provider.vat_number))
    invoices = [
        Invoice.objects.create(
            number=_next_number(),
            provider=provider,
            since=one["since"],
            until=until,
            issued_by=issued_by,
            billed_to=billed_to,
            currency=one["currency"],
            entries=one["entries"],
            amount=one["total"],
            amount_ex_vat=one["total_ex_vat"],
        )
        for one in list(sums)
    ]
    if not invoices:
        raise IllegalState(
            gettext(
                "There is nothing to invoice: %(provider)s has no entry from before %(until)s that is on "
                "no invoice yet."
            )
            % {"provider": provider, "until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}
        )
    for invoice in invoices:
        taken = due.filter(currency=invoice.currency).update(state=JournalState.INVOICED, invoice=invoice)
        if taken != invoice.entries:
            # An entry that was being written while we summed; it is older than it looks.
            raise IllegalState(gettext("The journal is being written to; close the invoice again."))
    return invoices


def _issuer() -> str:
    """The operator as it is named on an invoice, in its first language."""
    operator = the_operator()
    language = operator.languages[0]
    register = " ".join(filter(None, (operator.chamber_of_commerce_number, operator.chamber_of_commerce_place)))
    name = operator.legal_name.localize(language) or operator.name.localize(language)
    return _lines(name, operator.postal_address, _vat(operator.vat_number), register)


def _vat(number: str) -> str:
    return f"VAT {number}" if number else ""


def _lines(*texts: str) -> str:
    """Those that say something, one below the other."""
    return "\n".join(text.strip() for text in texts if text.strip())


def _next_number() -> str:
    """The year and the next running number in it, such as 2026-000123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])
    year = timezone.localdate().year
    last = Invoice.objects.filter(number__startswith=f"{year}-").order_by("-number").values_list("number", flat=True)
    return f"{year}-{int((last.first() or '-0').rpartition('-')[2]) + 1:06}"
