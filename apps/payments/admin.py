"""The journal, to be read."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.words import NOTHING, amount_in_words, fare_in_words, link, moment
from apps.payments.admin_claims import ClaimAdmin as ClaimAdmin
from apps.payments.admin_claims import JournalFindingAdmin as JournalFindingAdmin
from apps.payments.invoice_document import pdf
from apps.payments.models import Invoice, JournalEntry
from apps.payments.tables import csv_lines
from apps.tomp.identifiers import as_uuid


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """What MPs owe, line by line. A correction is a new line, so nothing is edited here."""

    when_empty = _("What MPs owe comes here by itself, as rides end and extra costs are charged.")
    list_display = ("created_at", "category", "amount_shown", "state_shown", "provider", "booking_id", "distance")
    list_filter = ("state", "category", "provider", "created_at")
    list_select_related = ("provider",)
    search_fields = ("booking_id",)
    search_help_text = _("A booking's or leg's id")
    ordering = ("-id",)
    fieldsets = (
        (
            _("Entry"),
            {
                "fields": (
                    ("category", "state_shown"),
                    ("amount_shown", "amount_ex_vat_shown"),
                    ("vat", "entered"),
                    "comment",
                )
            },
        ),
        (_("What for"), {"fields": (("provider_shown", "booking_shown"), ("distance", "duration"), "fare_shown")}),
    )
    readonly_fields = (
        "state_shown",
        "amount_shown",
        "amount_ex_vat_shown",
        "vat",
        "entered",
        "provider_shown",
        "booking_shown",
        "distance",
        "duration",
        "fare_shown",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[JournalEntry], search_term: str
    ) -> tuple[QuerySet[JournalEntry], bool]:
        """By the whole id of a booking or a leg."""
        if not search_term.strip():
            return queryset, False
        key = as_uuid(search_term.strip())
        return queryset.filter(Q(booking_id=key) | Q(journal_id=key)) if key else queryset.none(), False

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, entry: JournalEntry) -> str:
        """VAT included."""
        return amount_in_words(entry.amount, entry.currency)

    @admin.display(description=_("without VAT"))
    def amount_ex_vat_shown(self, entry: JournalEntry) -> str:
        """VAT left out."""
        return amount_in_words(entry.amount_ex_vat, entry.currency)

    @admin.display(description=_("VAT"))
    def vat(self, entry: JournalEntry) -> str:
        """Rate and country."""
        return f"{entry.vat_rate.normalize():f} % ({entry.vat_country})"

    @admin.display(description=_("entered"))
    def entered(self, entry: JournalEntry) -> str:
        """When it was written."""
        return moment(entry.created_at)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, entry: JournalEntry) -> SafeString:
        """In words."""
        return state_badge("journal", entry.state)

    @admin.display(description=_("provider"))
    def provider_shown(self, entry: JournalEntry) -> SafeString:
        """Who owes it."""
        return link(entry.provider)

    @admin.display(description=_("booking"))
    def booking_shown(self, entry: JournalEntry) -> SafeString:
        """What it is for."""
        return link(entry.booking)

    @admin.display(description=_("distance"))
    def distance(self, entry: JournalEntry) -> str:
        """In kilometres."""
        return (
            NOTHING
            if entry.distance_km is None
            else gettext("%(distance_km)s km") % {"distance_km": f"{entry.distance_km:.2f}"}
        )

    @admin.display(description=_("used"))
    def duration(self, entry: JournalEntry) -> str:
        """In minutes and seconds."""
        if entry.used_seconds is None:
            return NOTHING
        minutes, seconds = divmod(entry.used_seconds, 60)
        return gettext("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}

    @admin.display(description=_("how it came about"))
    def fare_shown(self, entry: JournalEntry) -> SafeString | str:
        """The settled fare, part by part."""
        return fare_in_words(entry.details)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices that finance has closed; each can be had as a document, and as a table of its entries."""

    when_empty = _("Nothing was invoiced yet. Close what an MP owes on its page, by “Close invoices”.")
    list_display = ("number", "provider", "issued_at", "until", "entries", "amount_shown")
    list_filter = ("provider", "issued_at", "currency")
    list_select_related = ("provider",)
    search_fields = ("number",)
    fieldsets = (
        (_("Invoice"), {"fields": (("number", "provider_shown"), ("issued", "period"), "files")}),
        (_("Amount"), {"fields": (("amount_shown", "amount_ex_vat_shown"), "entries")}),
        (_("As it was closed"), {"fields": (("issued_by", "billed_to"),), "classes": ["collapse"]}),
    )
    readonly_fields = (
        "number",
        "provider_shown",
        "issued",
        "period",
        "files",
        "amount_shown",
        "amount_ex_vat_shown",
        "entries",
        "issued_by",
        "billed_to",
    )

    def get_urls(self) -> list[URLPattern]:
        """The files of an invoice before the pages of the objects."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/invoice.pdf", wrap(self.document_view), name="payments_invoice_pdf"),
            path("<int:pk>/entries.csv", wrap(self.entries_view), name="payments_invoice_csv"),
            *super().get_urls(),
        ]

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An invoice as PDF."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = get_object_or_404(Invoice, pk=pk)
        response = HttpResponse(pdf(invoice), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{invoice.number}.pdf"'
        return response

    def entries_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The entries of an invoice as CSV, read and sent a batch at a time."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = get_object_or_404(Invoice, pk=pk)
        response = StreamingHttpResponse(csv_lines(invoice), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{invoice.number}.csv"'
        return response

    @admin.display(description=_("provider"))
    def provider_shown(self, invoice: Invoice) -> SafeString:
        """Who owes it."""
        return link(invoice.provider)

    @admin.display(description=_("issued"))
    def issued(self, invoice: Invoice) -> str:
        """When it was closed."""
        return moment(invoice.issued_at)

    @admin.display(description=_("period"))
    def period(self, invoice: Invoice) -> str:
        """From its first entry until when it was closed."""
        return gettext("%(since)s until %(until)s") % {"since": moment(invoice.since), "until": moment(invoice.until)}

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, invoice: Invoice) -> str:
        """VAT included."""
        return amount_in_words(invoice.amount, invoice.currency)

    @admin.display(description=_("without VAT"))
    def amount_ex_vat_shown(self, invoice: Invoice) -> str:
        """VAT left out."""
        return amount_in_words(invoice.amount_ex_vat, invoice.currency)

    @admin.display(description=_("files"))
    def files(self, invoice: Invoice) -> SafeString:
        """Links to the document, and to the table of the entries."""
        return format_html_join(
            " ",
            '<a class="backoffice-link" href="{}">{}.{}</a>',
            (
                (reverse(f"admin:payments_invoice_{kind}", args=[invoice.pk]), invoice.number, kind)
                for kind in ("pdf", "csv")
            ),
        )
