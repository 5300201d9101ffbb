"""The support desk: what travellers need help with, the answer promised earliest at the top."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import badge, state_badge
from apps.backoffice.looks import may_see, note_look
from apps.backoffice.words import NOTHING, actor_in_words, link, links, moment, place_in_words, table
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.support.admin_buttons import SUPPORT_BUTTONS
from apps.support.models import SupportRequest
from apps.support.selectors import overdue, unanswered
from apps.tomp.identifiers import as_uuid


class AnswerFilter(admin.SimpleListFilter):
    """What staff owe an answer to."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What waits, and what waits too long."""
        return [("owed", gettext("owed")), ("overdue", gettext("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
        """Those of the one chosen."""
        if self.value() == "owed":
            return unanswered(queryset)
        return overdue(queryset, timezone.now()) if self.value() == "overdue" else queryset


@admin.register(SupportRequest)
class SupportRequestAdmin(ReadOnlyAdmin):
    """Look a request up, and help. Who opens one and sees what the traveller wrote, is written down."""

    when_empty = _("Nobody needs help. What travellers ask through their MP comes here.")
    buttons = SUPPORT_BUTTONS
    list_display = ("reference_shown", "type", "priority", "state_shown", "promise", "provider", "asset", "handled_by")
    list_filter = (AnswerFilter, "state", "type", "priority", "provider", "received_at")
    list_select_related = ("provider", "asset")
    search_fields = ("reference",)
    search_help_text = _("The id of a booking or of a request, or how an asset's number begins")
    fieldsets = (
        (
            _("Request"),
            {
                "fields": (
                    ("type", "priority"),
                    ("state_shown", "provider_shown"),
                    ("booking_shown", "leg_shown"),
                    ("asset_shown", "damage_shown"),
                    ("received", "promise"),
                    "handled_by",
                )
            },
        ),
        (_("What was done"), {"fields": ("steps",)}),
        (_("Traveller"), {"fields": (("contact", "place"), ("happened", "asset_named"), "pictures", "said")}),
    )
    readonly_fields = (
        "state_shown",
        "provider_shown",
        "booking_shown",
        "leg_shown",
        "asset_shown",
        "damage_shown",
        "received",
        "promise",
        "steps",
        "place",
        "happened",
        "pictures",
        "said",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SupportRequest], search_term: str
    ) -> tuple[QuerySet[SupportRequest], bool]:
        """By id where it is one, else by the asset's number."""
        term = search_term.strip()
        if not term:
            return queryset, False
        key = as_uuid(term)
        if key is not None:
            return queryset.filter(reference=key), False
        return queryset.filter(asset__code__startswith=term.upper()), False

    def get_fieldsets(self, request: HttpRequest, obj: SupportRequest | None = None) -> Any:
        """The traveller's words, place and number only for those who may see personal data."""
        shown = super().get_fieldsets(request, obj)
        return shown if may_see(request) else shown[:-1]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; that somebody looked is written down."""
        note_look(request, self.get_object(request, object_id))
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("about"), ordering="reference")
    def reference_shown(self, one: SupportRequest) -> str:
        """The first part of the id of the booking, which is enough to find it by."""
        return str(one.reference)[:8]

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, one: SupportRequest) -> SafeString:
        """In words."""
        return state_badge("support request", one.state)

    @admin.display(description=_("answer"), ordering="respond_by")
    def promise(self, one: SupportRequest) -> SafeString | str:
        """When it is due; or whether it came in time."""
        if one.is_overdue(timezone.now()):
            return badge(gettext("overdue since %(respond_by)s") % {"respond_by": moment(one.respond_by)}, "red")
        if one.answered_at is None:
            return gettext("due %(respond_by)s") % {"respond_by": moment(one.respond_by)}
        return gettext("in time") if one.answered_at <= one.respond_by else badge(gettext("late"), "orange")

    @admin.display(description=_("provider"))
    def provider_shown(self, one: SupportRequest) -> SafeString:
        """Through whom it came."""
        return link(one.provider)

    @admin.display(description=_("booking"))
    def booking_shown(self, one: SupportRequest) -> SafeString | str:
        """The booking it is about."""
        return link(one.booking) if one.booking is not None else NOTHING

    @admin.display(description=_("leg"))
    def leg_shown(self, one: SupportRequest) -> SafeString | str:
        """The leg it is about, and how that stands."""
        return (
            link(one.leg, gettext("Leg %(sequence)s") % {"sequence": one.leg.sequence})
            if one.leg is not None
            else NOTHING
        )

    @admin.display(description=_("asset"))
    def asset_shown(self, one: SupportRequest) -> SafeString | str:
        """The asset it is about."""
        return link(one.asset) if one.asset is not None else NOTHING

    @admin.display(description=_("damage"))
    def damage_shown(self, one: SupportRequest) -> SafeString | str:
        """What it reported on the asset."""
        return link(one.damage) if one.damage is not None else NOTHING

    @admin.display(description=_("received"))
    def received(self, one: SupportRequest) -> str:
        """When it came."""
        return moment(one.received_at)

    @admin.display(description=_("steps"))
    def steps(self, one: SupportRequest) -> SafeString | str:
        """Each step, without what was said."""
        return table(
            [gettext("When"), gettext("By"), gettext("State"), gettext("Resolved in")],
            [
                [
                    moment(step.at),
                    actor_in_words(Actor(ActorKind(step.sender_kind), step.sender_name)),
                    state_badge("support request", step.state),
                    NOTHING
                    if step.minutes_to_resolution is None
                    else gettext("%(minutes_to_resolution)s min")
                    % {"minutes_to_resolution": step.minutes_to_resolution},
                ]
                for step in one.statuses.all()
            ],
        )

    @admin.display(description=_("what was said"))
    def said(self, one: SupportRequest) -> SafeString | str:
        """The traveller's words and ours, in order."""
        return table(
            [gettext("When"), gettext("By"), gettext("Message")],
            [
                [moment(step.at), actor_in_words(Actor(ActorKind(step.sender_kind), step.sender_name)), step.comment]
                for step in one.statuses.all()
                if step.comment
            ],
        )

    @admin.display(description=_("where the traveller is"))
    def place(self, one: SupportRequest) -> str:
        """As it was told."""
        return place_in_words(one.location)

    @admin.display(description=_("happened"))
    def happened(self, one: SupportRequest) -> str:
        """When, as the MP says."""
        return moment(one.happened_at)

    @admin.display(description=_("pictures"))
    def pictures(self, one: SupportRequest) -> SafeString | str:
        """Links to what the traveller sent along."""
        return links(one.urls)
