"""Lock gateways, and the simulated locks of single assets."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminPasswordWidget

from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.backoffice.admin_base import BackofficeAdmin


class LockGatewayForm(forms.ModelForm):
    """The secret is typed in and never shown again; left empty it stays as it is."""

    secret = forms.CharField(required=False, widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}))

    class Meta:
        model = LockGateway
        fields: ClassVar = ["name", "kind", "address", "timeout_seconds", "username", "secret"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("Field[Any, Any]", LockGateway._meta.get_field("secret"))
        kept = gettext("One is kept; leave empty to keep it.") if self.instance.secret else ""
        self.fields["secret"].help_text = f"{kept} {field.help_text}".strip()

    def clean_secret(self) -> str | None:
        """What was typed, or the one that is kept."""
        return self.cleaned_data["secret"] or self.instance.secret


@admin.register(LockGateway)
class LockGatewayAdmin(BackofficeAdmin):
    """How locks are reached; which asset types use it is said with the asset type."""

    when_empty = _(
        "Lock gateways reach the locks of assets. Add one, and choose it in the asset types whose locks it works."
    )
    form = LockGatewayForm
    list_display = ("name", "kind", "address", "timeout_seconds", "silent_until")
    list_filter = ("kind",)
    search_fields = ("name", "address")
    fields = (("name", "kind"), ("address", "timeout_seconds"), ("username", "secret"), "silent_until")
    readonly_fields = ("silent_until",)


class SimulatedLockInline(StackedInline):
    """What the asset's simulated lock does when it is told something."""

    when_empty = _("The simulated lock obeys. Add how it is to behave otherwise.")
    model = SimulatedLock
    fields = (("behaviour", "state"),)
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lock is set to obey again instead."""
        return False
