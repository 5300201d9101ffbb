"""The journal, to be read."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.searching import as_uuid
from apps.backoffice.words import NOTHING, amount_in_words, fare_in_words, link, moment
from apps.payments.models import JournalEntry


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """What MPs owe, line by line. A correction is a new line, so nothing is edited here."""

    list_display = ("created_at", "category", "amount_shown", "state_shown", "provider", "booking_id", "distance")
    list_filter = ("state", "category", "provider", "created_at")
    list_select_related = ("provider",)
    search_fields = ("booking_id",)
    search_help_text = "A booking's or leg's id"
    ordering = ("-id",)
    fieldsets = (
        (
            "Entry",
            {
                "fields": (
                    ("category", "state_shown"),
                    ("amount_shown", "amount_ex_vat_shown"),
                    ("vat", "entered"),
                    "comment",
                )
            },
        ),
        ("What for", {"fields": (("provider_shown", "booking_shown"), ("distance", "duration"), "fare_shown")}),
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

    @admin.display(description="amount", ordering="amount")
    def amount_shown(self, entry: JournalEntry) -> str:
        """VAT included."""
        return amount_in_words(entry.amount, entry.currency)

    @admin.display(description="without VAT")
    def amount_ex_vat_shown(self, entry: JournalEntry) -> str:
        """VAT left out."""
        return amount_in_words(entry.amount_ex_vat, entry.currency)

    @admin.display(description="VAT")
    def vat(self, entry: JournalEntry) -> str:
        """Rate and country."""
        return f"{entry.vat_rate.normalize():f} % ({entry.vat_country})"

    @admin.display(description="entered")
    def entered(self, entry: JournalEntry) -> str:
        """When it was written."""
        return moment(entry.created_at)

    @admin.display(description="state", ordering="state")
    def state_shown(self, entry: JournalEntry) -> SafeString:
        """In words."""
        return state_badge("journal", entry.state)

    @admin.display(description="provider")
    def provider_shown(self, entry: JournalEntry) -> SafeString:
        """Who owes it."""
        return link(entry.provider)

    @admin.display(description="booking")
    def booking_shown(self, entry: JournalEntry) -> SafeString:
        """What it is for."""
        return link(entry.booking)

    @admin.display(description="distance")
    def distance(self, entry: JournalEntry) -> str:
        """In kilometres."""
        return NOTHING if entry.distance_km is None else f"{entry.distance_km:.2f} km"

    @admin.display(description="used")
    def duration(self, entry: JournalEntry) -> str:
        """In minutes and seconds."""
        if entry.used_seconds is None:
            return NOTHING
        minutes, seconds = divmod(entry.used_seconds, 60)
        return f"{minutes} min {seconds} s"

    @admin.display(description="how it came about")
    def fare_shown(self, entry: JournalEntry) -> SafeString | str:
        """The settled fare, part by part."""
        return fare_in_words(entry.details)
