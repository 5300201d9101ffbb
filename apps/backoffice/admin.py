"""Staff: users and their groups, in the look of the rest."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin, StackedInline
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.backoffice.access import second_factor
from apps.backoffice.buttons import Button, ButtonsMixin, Press
from apps.backoffice.lists.admin import ListMixin
from apps.backoffice.models import LoginRule

# The library's own pages would show the keys of the authenticator apps.
admin.site.unregister([User, Group, TOTPDevice, StaticDevice])


def _what_removing_does(user: User) -> str:
    return gettext(
        "%(user)s logs in with the password alone, once: where a role demands a second factor, "
        "the next log-in begins with setting one up. Make sure that it is them who ask, such as "
        "by calling them."
    ) % {"user": user}


def _remove_second_factor(press: Press) -> None:
    second_factor.remove(user=press.subject)
    said = f"Second factor removed: {press.reason}"
    LogEntry.objects.log_actions(press.user.pk, [press.subject], CHANGE, change_message=said, single_object=True)


@admin.register(User)
class UserAdmin(ListMixin, ButtonsMixin, DjangoUserAdmin, ModelAdmin):
    """Who works here."""

    when_empty = _("Nobody works here yet. Add who does, and give each of them a role.")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    buttons = (
        Button(
            name="remove-second-factor",
            label=_("Remove second factor"),
            icon="phonelink_erase",
            fits=second_factor.is_set_up_by,
            consequence=_what_removing_does,
            run=_remove_second_factor,
            done=_("The second factor is removed."),
            variant=ActionVariant.DANGER,
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser, the password included, is changed by a superuser only."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or cast("User", request.user).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nor deleted by another."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or cast("User", request.user).is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only a superuser makes others superusers, or gives rights beside the roles."""
        fields = super().get_readonly_fields(request, obj)
        return fields if cast("User", request.user).is_superuser else (*fields, "is_superuser", "user_permissions")


class LoginRuleInline(StackedInline):
    """Whether this role demands a second factor."""

    when_empty = _("Who has this role logs in with the password alone.")
    model = LoginRule
    can_delete = False
    verbose_name_plural = _("logging in")


@admin.register(Group)
class GroupAdmin(ListMixin, DjangoGroupAdmin, ModelAdmin):
    """What people of one trade may do."""

    when_empty = _("Roles say what people of one trade may do. Add one, and tick what it may see and change.")
    inlines = (LoginRuleInline,)
