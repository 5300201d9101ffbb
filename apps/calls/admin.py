"""Calls of MPs as they came: for the integration desk, when an MP says that something does not work."""

from typing import Any

import orjson
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import status_badge
from apps.backoffice.words import NOTHING, link, moment, object_in_words
from apps.calls.models import Call


class OutcomeFilter(admin.SimpleListFilter):
    """Did it go well?"""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two kinds."""
        return [("failed", gettext("Failed")), ("well", gettext("Went well"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        """Those with or without an error of ours."""
        if self.value() is None:
            return queryset
        return queryset.filter(error_code__isnull=self.value() == "well")


def _body(text: str) -> SafeString | str:
    """A kept body: JSON where it is whole, as it is where it was cut."""
    if not text:
        return NOTHING
    try:
        return object_in_words(orjson.loads(text))
    except orjson.JSONDecodeError:
        return format_html('<pre class="backoffice-json">{}</pre>', text)


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """One call."""

    when_empty = _(
        "No MP has called in the days for which calls are kept. Give an MP a key on its page, and its calls come here."
    )
    list_display = ("at", "provider", "method", "path", "status_shown", "error_code", "duration")
    list_filter = ("provider", OutcomeFilter, "method", "at")
    list_select_related = ("provider",)
    search_fields = ("request_id__exact",)
    search_help_text = _("The id that the error object has as “instance”, and every answer as X-Request-ID")
    ordering = ("-id",)
    fieldsets = (
        (
            _("Call"),
            {"fields": (("provider_shown", "when"), ("method", "path"), ("status_shown", "error_code"), "duration")},
        ),
        (_("Request"), {"fields": ("request_shown",)}),
        (_("Answer"), {"fields": ("answer_shown", "request_id")}),
    )
    readonly_fields = ("provider_shown", "when", "status_shown", "duration", "request_shown", "answer_shown")

    @admin.display(description=_("provider"))
    def provider_shown(self, call: Call) -> SafeString:
        """Who called."""
        return link(call.provider)

    @admin.display(description=_("answered"))
    def when(self, call: Call) -> str:
        """When."""
        return moment(call.at)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, call: Call) -> SafeString:
        """In a colour."""
        return status_badge(call.status)

    @admin.display(description=_("took"), ordering="duration_ms")
    def duration(self, call: Call) -> str:
        """Until the answer was ready."""
        return gettext("%(duration_ms)s ms") % {"duration_ms": call.duration_ms}

    @admin.display(description=_("body"))
    def request_shown(self, call: Call) -> SafeString | str:
        """What was sent, with personal texts and secrets replaced."""
        return _body(call.request_body)

    @admin.display(description=_("body"))
    def answer_shown(self, call: Call) -> SafeString | str:
        """What was answered, with personal texts and secrets replaced."""
        return _body(call.answer_body)
