"""Lock commands: what the locks of the fleet were told, and what became of it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.words import NOTHING, link, moment
from apps.legs.models import LockCommand


class OpenFilter(admin.SimpleListFilter):
    """Whether it is known what the lock did, and use was made of that."""

    title = _("settled")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes and no."""
        return [("yes", gettext("yes")), ("no", gettext("no, the lock is still to be asked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LockCommand]) -> QuerySet[LockCommand]:
        """Open or settled commands."""
        value = self.value()
        return queryset if value is None else queryset.filter(settled_at__isnull=value == "no")


@admin.register(LockCommand)
class LockCommandAdmin(ReadOnlyAdmin):
    """What a lock was told; jammed and silent locks are found by the state."""

    when_empty = _("What locks are told comes here, once an asset type has a lock gateway and somebody rides.")
    list_display = ("asked_at", "asset", "order", "event", "state_shown", "settled_at", "error")
    list_filter = ("state", OpenFilter, "order", "asset__asset_type", "asked_at")
    list_select_related = ("asset",)
    search_fields = ("asset__code__startswith",)
    search_help_text = _("How an asset's number begins")
    ordering = ("-id",)
    fieldsets = (
        (_("Command"), {"fields": (("asset_shown", "leg_shown"), ("order", "event"), ("state_shown", "error"))}),
        (_("When"), {"fields": (("asked_shown", "answered_shown"), ("settled_shown", "look_shown"))}),
    )
    readonly_fields = (
        "asset_shown",
        "leg_shown",
        "order",
        "event",
        "state_shown",
        "error",
        "asked_shown",
        "answered_shown",
        "settled_shown",
        "look_shown",
    )

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, command: LockCommand) -> SafeString:
        """In words."""
        return state_badge("lock command", command.state)

    @admin.display(description=_("asset"))
    def asset_shown(self, command: LockCommand) -> SafeString:
        """Whose lock it is."""
        return link(command.asset)

    @admin.display(description=_("leg"))
    def leg_shown(self, command: LockCommand) -> SafeString | str:
        """For which ride; none where its booking did not come to be."""
        return link(command.leg) if command.leg else NOTHING

    @admin.display(description=_("told"))
    def asked_shown(self, command: LockCommand) -> str:
        """When it was written."""
        return moment(command.asked_at)

    @admin.display(description=_("answered"))
    def answered_shown(self, command: LockCommand) -> str:
        """When the lock answered."""
        return moment(command.answered_at)

    @admin.display(description=_("settled"))
    def settled_shown(self, command: LockCommand) -> str:
        """When use was made of the answer."""
        return moment(command.settled_at)

    @admin.display(description=_("asked next"))
    def look_shown(self, command: LockCommand) -> str:
        """When the sweep asks the lock."""
        return NOTHING if command.settled_at else moment(command.look_at)
