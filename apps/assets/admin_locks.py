"""Lock gateways, and the simulated locks of single assets."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin
from apps.backoffice.fields import KeepsSecrets, SecretField


class LockGatewayForm(KeepsSecrets):
    """How the gateway is reached."""

    secret = SecretField()

    class Meta:
        model = LockGateway
        fields: ClassVar = ["name", "kind", "address", "timeout_seconds", "username", "secret"]


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


class SimulatedLockInline(InlineMixin, StackedInline):
    """What the asset's simulated lock does when it is told something."""

    when_empty = _("The simulated lock obeys. Add how it is to behave otherwise.")
    model = SimulatedLock
    fields = (("behaviour", "state"),)
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lock is set to obey again instead."""
        return False
