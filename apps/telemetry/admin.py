"""The keys with which vehicles report: making one, and revoking it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import badge
from apps.backoffice.buttons import Button, Press
from apps.backoffice.words import moment
from apps.telemetry.keys import create_key, revoke_key
from apps.telemetry.models import TelemetryKey


def _is_not_revoked(key: TelemetryKey) -> bool:
    return key.revoked_at is None


def _what_revoking_does(key: TelemetryKey) -> str:
    return gettext("Every report with this key is refused from now on. This cannot be undone.")


def _revoke(press: Press) -> None:
    """Withdraw the key; the reason goes to the admin's log, for a key has no states of its own."""
    revoke_key(key=press.subject)
    LogEntry.objects.log_actions(
        press.user.pk, [press.subject], CHANGE, change_message=f"Revoked: {press.reason}", single_object=True
    )


@admin.register(TelemetryKey)
class TelemetryKeyAdmin(ReadOnlyAdmin):
    """A key: what it is for, and revoking it."""

    when_empty = _("Vehicles need a key to report where they are. Add one for each fleet that reports.")
    list_display = ("label", "begins_with", "state_shown", "created_at", "expires_at")
    search_fields = ("prefix__startswith", "label")
    ordering = ("-created_at",)
    readonly_fields = ("begins_with", "state_shown", "made", "revoked")
    buttons = (
        Button(
            name="revoke",
            label=_("Revoke key"),
            icon="key_off",
            fits=_is_not_revoked,
            consequence=_what_revoking_does,
            run=_revoke,
            done=_("The key is revoked."),
            variant=ActionVariant.DANGER,
        ),
    )

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may make keys."""
        return request.user.has_perm("telemetry.add_telemetrykey")

    def get_fields(self, request: HttpRequest, obj: TelemetryKey | None = None) -> Any:
        """What a new key is for, and until when; of an old one all that is known."""
        if obj is None:
            return ("label", "expires_at")
        return ("label", ("begins_with", "state_shown"), ("made", "expires_at"), "revoked")

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Make the key; it is shown in the answer to this request and written down nowhere."""
        made, obj.shown_once = create_key(label=obj.label, expires_at=obj.expires_at)
        obj.pk = made.pk
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key."""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("New key"),
            "opts": self.opts,
            "made": obj,
            "key": obj.shown_once,
        }
        return TemplateResponse(request, "admin/telemetry/new_key.html", context)

    @admin.display(description=_("begins with"))
    def begins_with(self, key: TelemetryKey) -> str:
        """By which it can be told from others."""
        return f"telemetry_{key.prefix}_…"

    @admin.display(description=_("state"))
    def state_shown(self, key: TelemetryKey) -> SafeString:
        """Valid, expired or revoked."""
        if key.revoked_at is not None:
            return badge(gettext("revoked"), "red")
        if key.expires_at is not None and key.expires_at <= timezone.now():
            return badge(gettext("expired"))
        return badge(gettext("valid"), "green")

    @admin.display(description=_("made"))
    def made(self, key: TelemetryKey) -> str:
        """When it was made."""
        return moment(key.created_at)

    @admin.display(description=_("revoked"))
    def revoked(self, key: TelemetryKey) -> str:
        """When it was revoked."""
        return moment(key.revoked_at)
