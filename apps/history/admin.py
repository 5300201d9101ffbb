"""The transition log, and what staff changed: to be read."""

from typing import ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import STATES, state_badge
from apps.backoffice.filters import FewValuesFilter
from apps.backoffice.words import NOTHING, actor_in_words
from apps.history.models import ActorKind, Change, Transition
from apps.history.services import Actor
from apps.tomp.identifiers import as_uuid


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    """Every change of a state: when, by whom, why."""

    when_empty = _("Whatever changes its state leaves a line here, whoever changed it. Nothing has yet.")
    list_display = ("at", "subject_kind", "from_shown", "to_shown", "who", "reason")
    list_filter = (("subject_kind", FewValuesFilter), "actor_kind", "at")
    search_fields = ("booking_id",)
    search_help_text = _("The id of a booking, leg or asset")
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

    @admin.display(description=_("from"))
    def from_shown(self, row: Transition) -> SafeString | str:
        """The state before, where it has any."""
        return state_badge(row.subject_kind, row.from_state) if row.from_state else NOTHING

    @admin.display(description=_("to"))
    def to_shown(self, row: Transition) -> SafeString | str:
        """The state after, where it has any."""
        return state_badge(row.subject_kind, row.to_state) if row.to_state else NOTHING

    @admin.display(description=_("by"))
    def who(self, row: Transition) -> str:
        """Who made it."""
        return actor_in_words(Actor(ActorKind(row.actor_kind), row.actor_name))


def _tables() -> dict[str, str]:
    """The names of tables as staff read them."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: str(model._meta.verbose_name) for model in models}


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """What staff changed, with the values before and after."""

    when_empty = _("Whatever staff add, change or delete leaves a line here. Nobody has yet.")
    list_display = ("at", "staff", "what", "subject_id", "kind", "columns")
    list_filter: ClassVar = ["kind", "at"]
    search_fields: ClassVar = ["staff__iexact", "subject_id__exact"]
    search_help_text = _("The user name of who changed it, or the key of what was changed")
    ordering = ("-id",)
    fields = (("at", "staff"), ("what", "subject_id", "kind"), "difference")
    readonly_fields = ("what", "difference")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Of one table or one row too: the pages of the others ask so."""
        return lookup in {"subject_table", "subject_id"} or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("what"), ordering="subject_table")
    def what(self, row: Change) -> str:
        """The kind of thing."""
        return _tables().get(row.subject_table, row.subject_table)

    @admin.display(description=_("columns"))
    def columns(self, row: Change) -> str:
        """What differs, by name."""
        return ", ".join(sorted({*row.before, *row.after}))

    @admin.display(description=_("before and after"))
    def difference(self, row: Change) -> SafeString:
        """A line for each column: what it was, what it is."""
        names = sorted({*row.before, *row.after})
        lines = ((name, row.before.get(name, NOTHING), row.after.get(name, NOTHING)) for name in names)
        return format_html_join("", "<p><strong>{}</strong>: {} → {}</p>", lines)
