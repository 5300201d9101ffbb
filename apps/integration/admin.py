"""Go-live checks: how far they are, and what failed."""

import re
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import LooksAgainMixin, ReadOnlyAdmin
from apps.backoffice.badges import badge, status_badge
from apps.backoffice.model_words import in_words
from apps.backoffice.words import NOTHING, link, moment, object_in_words, table
from apps.integration.models import CheckState, GoLiveCheck

COLOURS = {
    CheckState.ASKED: "grey",
    CheckState.RUNNING: "orange",
    CheckState.PASSED: "green",
    CheckState.FAILED: "red",
}
# Ids in paths, which tell nothing in a list of steps.
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@admin.register(GoLiveCheck)
class GoLiveCheckAdmin(LooksAgainMixin, ReadOnlyAdmin):
    """One check. Its page looks again by itself until it has ended."""

    when_empty = _(
        "Before an MP goes live, its process is tried out. Begin a check on the page of the MP's integration."
    )
    list_display = ("asked_at", "provider", "profile_version", "state_shown", "failure", "asked_by")
    list_filter = ("provider", "state")
    list_select_related = ("provider", "profile_version")
    fieldsets = (
        (None, {"fields": (("state_shown", "provider_shown"), ("version", "asked"), "progress")}),
        (_("What failed"), {"fields": ("failure_shown", "sent", "got")}),
        (_("Steps that went well"), {"fields": ("steps_shown",)}),
    )
    readonly_fields = (
        "state_shown",
        "provider_shown",
        "version",
        "asked",
        "progress",
        "failure_shown",
        "sent",
        "got",
        "steps_shown",
    )

    def get_fieldsets(self, request: HttpRequest, obj: GoLiveCheck | None = None) -> Any:
        """What failed only where something did."""
        about, failed, steps = self.fieldsets
        return (about, failed, steps) if obj is not None and obj.failure else (about, steps)

    @admin.display(description=_("result"), ordering="state")
    def state_shown(self, check: GoLiveCheck) -> SafeString:
        """In words."""
        return badge(in_words(CheckState(check.state)), COLOURS[CheckState(check.state)])

    @admin.display(description=_("provider"))
    def provider_shown(self, check: GoLiveCheck) -> SafeString:
        """Whose process."""
        return link(check.provider)

    @admin.display(description=_("process"))
    def version(self, check: GoLiveCheck) -> SafeString:
        """Which version."""
        return link(check.profile_version, gettext("Version %(number)s") % {"number": check.profile_version.number})

    @admin.display(description=_("asked"))
    def asked(self, check: GoLiveCheck) -> str:
        """When, and by whom."""
        return gettext("%(asked_at)s by %(asked_by)s") % {
            "asked_at": moment(check.asked_at),
            "asked_by": check.asked_by,
        }

    @admin.display(description=_("progress"))
    def progress(self, check: GoLiveCheck) -> SafeString | str:
        """How many journeys and steps, and what it is at."""
        if check.state == CheckState.ASKED:
            return gettext("A worker takes it up in some seconds. You may leave this page; the check goes on.")
        walked = list(dict.fromkeys(step["journey"] for step in check.steps))
        number = len(check.steps)
        said = [
            ngettext("%(number)s step of %(journeys)s.", "%(number)s steps of %(journeys)s.", number)
            % {"number": number, "journeys": ", ".join(walked) or gettext("no journey yet")}
        ]
        if check.journeys:
            said.append(gettext("The process fits %(journeys)s.") % {"journeys": ", ".join(check.journeys)})
        if check.state == CheckState.RUNNING:
            said.append(gettext("Now: %(stage)s …") % {"stage": check.stage})
            return format_html('<span role="status">{}</span>', " ".join(said))
        return " ".join([*said, gettext("Ended %(moment)s.") % {"moment": moment(check.ended_at)}])

    @admin.display(description=_("what is wrong"))
    def failure_shown(self, check: GoLiveCheck) -> SafeString:
        """In words, with the status."""
        status = status_badge(check.failed_call["status"]) if check.failed_call else ""
        return format_html("{} {}", status, check.failure)

    @admin.display(description=_("request"))
    def sent(self, check: GoLiveCheck) -> SafeString | str:
        """Of the step that failed."""
        if not check.failed_call:
            return NOTHING
        body = object_in_words(check.failed_call["sent"])
        return format_html("<code>{} {}</code>{}", check.failed_call["method"], check.failed_call["path"], body)

    @admin.display(description=_("answer"))
    def got(self, check: GoLiveCheck) -> SafeString | str:
        """To the step that failed."""
        return object_in_words((check.failed_call or {}).get("got"))

    @admin.display(description=_("steps"))
    def steps_shown(self, check: GoLiveCheck) -> SafeString | str:
        """One below the other."""
        return table(
            [
                pgettext("of a check", "Journey"),
                pgettext("of a journey", "Step"),
                gettext("Call"),
                gettext("Status"),
                gettext("What came of it"),
            ],
            [
                [
                    step["journey"],
                    step["name"],
                    format_html("<code>{} {}</code>", step["method"], UUIDS.sub("…", step["path"])),
                    status_badge(step["status"]),
                    step["summary"],
                ]
                for step in check.steps
            ],
        )
