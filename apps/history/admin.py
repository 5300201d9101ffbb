"""The transition log, to be read."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import STATES, state_badge
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.tomp.identifiers import as_uuid


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    """Every change of a state: when, by whom, why."""

    list_display = ("at", "subject_kind", "from_shown", "to_shown", "who", "reason")
    list_filter = ("subject_kind", "actor_kind", "at")
    search_fields = ("booking_id",)
    search_help_text = "The id of a booking, leg or asset"
    ordering = ("-id",)
    fields = (("at", "who"), ("subject_kind", "subject_id"), ("from_shown", "to_shown"), "event", "reason")
    readonly_fields = ("from_shown", "to_shown", "who")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transition], search_term: str
    ) -> tuple[QuerySet[Transition], bool]:
        """By the id of what changed, or of the booking it belongs to."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(subject_kind__in=STATES, subject_id=term)
        booking_id = as_uuid(term)
        return queryset.filter(found | Q(booking_id=booking_id) if booking_id else found), False

    @admin.display(description="from")
    def from_shown(self, row: Transition) -> SafeString:
        """The state before."""
        return state_badge(row.subject_kind, row.from_state)

    @admin.display(description="to")
    def to_shown(self, row: Transition) -> SafeString:
        """The state after."""
        return state_badge(row.subject_kind, row.to_state)

    @admin.display(description="by")
    def who(self, row: Transition) -> str:
        """Who made it."""
        return str(Actor(ActorKind(row.actor_kind), row.actor_name))
