"""Claims, by staff and by MPs, for staff to decide; how much a role gives back; what does not add up."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import BackofficeAdmin, ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.buttons import Button, Press
from apps.backoffice.looks import SEE_PERSONAL_DATA, may_see, note_look, without
from apps.backoffice.words import NOTHING, amount_in_words, link, moment, object_in_words
from apps.history.models import ActorKind
from apps.payments.extra_costs import accept, reject
from apps.payments.models import Claim, ClaimState, JournalFinding, RefundLimit
from apps.payments.selectors import refund_limit
from apps.pricing.money import decimals_of, round_amount
from apps.tomp.identifiers import as_uuid

MP_WORDS = ("description", "account_shown", "meta_shown")
DECIDE = "payments.change_claim"


def _permission(request: HttpRequest) -> str:
    """By which somebody reads what an MP wrote: who decides on a claim has to, whatever else they may see."""
    return DECIDE if may_see(request, DECIDE) else SEE_PERSONAL_DATA


def _waits(claim: Claim) -> bool:
    return claim.state == ClaimState.RECEIVED


def _accept(press: Press) -> None:
    limit = refund_limit(press.user, press.subject.currency)
    accept(claim_id=press.subject.pk, actor=press.actor, reason=press.reason, alone_up_to=limit)


def _reject(press: Press) -> None:
    reject(claim_id=press.subject.pk, actor=press.actor, reason=press.reason)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Look claims up; accept or reject those of MPs, whose words are shown to who decides or may see personal data."""

    when_empty = _("Claims come from MPs, and from staff who give back more than their role may. There is none yet.")
    list_display = ("made_at", "state_shown", "provider", "category", "amount_shown", "claimant")
    list_filter = ("state", "claimant", "category", "booking__provider", "made_at")
    list_select_related = ("booking__provider",)
    search_fields = ("booking_id",)
    search_help_text = _("A booking's or leg's id")
    ordering = ("-id",)
    fieldsets = (
        (
            _("Claim"),
            {
                "fields": (
                    ("state_shown", "claimant", "asked_by"),
                    ("category", "made"),
                    ("amount_shown", "amount_ex_vat_shown"),
                    ("vat", "number_shown"),
                    "description",
                    ("answer", "entry_shown"),
                )
            },
        ),
        (_("What for"), {"fields": (("provider_shown", "booking_shown"), "journal_id")}),
        (_("As the MP sent it"), {"fields": ("account_shown", "meta_shown"), "classes": ["collapse"]}),
    )
    readonly_fields = (
        "state_shown",
        "claimant",
        "asked_by",
        "category",
        "made",
        "amount_shown",
        "amount_ex_vat_shown",
        "vat",
        "number_shown",
        "description",
        "answer",
        "entry_shown",
        "provider_shown",
        "booking_shown",
        "journal_id",
        "account_shown",
        "meta_shown",
    )
    buttons = (
        Button(
            name="accept",
            label=_("Accept"),
            icon="check_circle",
            fits=_waits,
            consequence=lambda claim: (
                gettext(
                    "%(what)s is credited to %(provider)s: an entry of the journal, on the next invoice. The "
                    "reason is told."
                )
                % {"what": amount_in_words(-claim.amount, claim.currency), "provider": claim.booking.provider}
            ),
            run=_accept,
            done=_("The claim is accepted, and in the journal."),
            variant=ActionVariant.SUCCESS,
        ),
        Button(
            name="reject",
            label=_("Reject"),
            icon="block",
            fits=_waits,
            consequence=lambda claim: (
                gettext("Nothing is given back.")
                if claim.asked_by
                else gettext("Nothing is credited, and %(provider)s is told why.")
                % {"provider": claim.booking.provider}
            ),
            run=_reject,
            done=_("The claim is rejected."),
            variant=ActionVariant.DANGER,
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Claim | None = None) -> Any:
        """An MP's words and the account it names only for those who may see them."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or obj.claimant != ActorKind.MP or may_see(request, _permission(request)):
            return shown
        return without(shown, MP_WORDS)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; that somebody read an MP's words is written down."""
        claim = self.get_object(request, object_id)
        tells = claim is not None and claim.claimant == ActorKind.MP and claim.description
        note_look(request, claim if tells else None, _permission(request))
        return super().change_view(request, object_id, form_url, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Claim], search_term: str
    ) -> tuple[QuerySet[Claim], bool]:
        """By the whole id of a booking or a leg."""
        if not search_term.strip():
            return queryset, False
        key = as_uuid(search_term.strip())
        return queryset.filter(Q(booking_id=key) | Q(journal_id=key)) if key else queryset.none(), False

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, claim: Claim) -> SafeString:
        """In words."""
        return state_badge("claim", claim.state)

    @admin.display(description=_("provider"))
    def provider(self, claim: Claim) -> str:
        """Whose booking it is."""
        return str(claim.booking.provider)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, claim: Claim) -> str:
        """VAT included."""
        return amount_in_words(claim.amount, claim.currency)

    @admin.display(description=_("without VAT"))
    def amount_ex_vat_shown(self, claim: Claim) -> str:
        """VAT left out."""
        return amount_in_words(claim.amount_ex_vat, claim.currency)

    @admin.display(description=_("VAT"))
    def vat(self, claim: Claim) -> str:
        """Rate and country."""
        return f"{claim.vat_rate.normalize():f} % ({claim.vat_country})"

    @admin.display(description=_("number"))
    def number_shown(self, claim: Claim) -> str:
        """How many litres and the like."""
        return NOTHING if claim.number is None else f"{claim.number.normalize():f} {claim.get_number_type_display()}"

    @admin.display(description=_("made"))
    def made(self, claim: Claim) -> str:
        """When it came, or was made."""
        return moment(claim.made_at)

    @admin.display(description=_("in the journal"))
    def entry_shown(self, claim: Claim) -> SafeString | str:
        """What became of it."""
        return NOTHING if claim.entry is None else link(claim.entry)

    @admin.display(description=_("provider"))
    def provider_shown(self, claim: Claim) -> SafeString:
        """Whose booking it is."""
        return link(claim.booking.provider)

    @admin.display(description=_("booking"))
    def booking_shown(self, claim: Claim) -> SafeString:
        """What it is for."""
        return link(claim.booking)

    @admin.display(description=_("account"))
    def account_shown(self, claim: Claim) -> SafeString | str:
        """Where the MP wants it paid to."""
        return object_in_words(claim.account)

    @admin.display(description=_("meta"))
    def meta_shown(self, claim: Claim) -> SafeString | str:
        """Arbitrary facts."""
        return object_in_words(claim.meta)


@admin.register(JournalFinding)
class JournalFindingAdmin(ReadOnlyAdmin):
    """What the nightly check found. What is mended is gone after the next one, or `manage.py check_journal`."""

    when_empty = _("Everything adds up. The journal is checked each night; what does not add up comes here.")
    list_display = ("subject", "problem", "booking_shown", "found_at", "told_at")
    list_filter = ("rule", "found_at")
    list_select_related = ("booking",)
    ordering = ("-id",)
    fieldsets = (
        (_("Finding"), {"fields": ("rule", ("subject", "problem"), ("found_at", "told_at"), "booking_shown")}),
    )
    readonly_fields = ("rule", "subject", "problem", "found_at", "told_at", "booking_shown")

    @admin.display(description=_("booking"))
    def booking_shown(self, finding: JournalFinding) -> SafeString:
        """Whose journal it is."""
        return link(finding.booking)


class RefundLimitForm(forms.ModelForm):
    """An amount of its currency."""

    def clean(self) -> dict[str, Any]:
        """Not less than nothing, and no smaller part than there are coins of."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        amount, currency = cleaned.get("amount"), cleaned.get("currency")
        if amount is not None and amount < 0:
            self.add_error("amount", gettext("A limit is 0 or more."))
        elif amount is not None and currency and amount != round_amount(amount, currency):
            told = {"currency": currency, "decimals": decimals_of(currency)}
            self.add_error("amount", gettext("%(currency)s has %(decimals)s decimals.") % told)
        return cleaned


@admin.register(RefundLimit)
class RefundLimitAdmin(BackofficeAdmin):
    """How much a role may give back before a second person is asked. A role without a limit has none."""

    when_empty = _(
        "Without limits everybody who may give money back gives any amount. Add one for each role that is to ask "
        "a second person."
    )
    form = RefundLimitForm
    list_display = ("role", "amount", "currency")
    list_select_related = ("role",)
