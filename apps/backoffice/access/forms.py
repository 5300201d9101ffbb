"""Logging in: name, password and, for who has set one up, a code."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.backoffice.access import second_factor

# A code of an authenticator app, or a recovery code.
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
WRONG_CODE = _("This code is not right, or was used before. After a wrong one, wait some seconds and take the next.")


class CodeField(forms.CharField):
    """Six digits of an authenticator app, or a recovery code."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs=CODE_ATTRIBUTES)
        super().__init__(**{"label": _("Code"), "max_length": 20, "widget": widget, **options})


class LoginForm(AuthenticationForm):
    """The admin's own, which also asks for the second factor of who has one."""

    username = UsernameField(widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True}), max_length=150)
    code = CodeField(
        required=False,
        help_text=_("From your authenticator app, or a recovery code. Empty if you have not set one up."),
    )

    def confirm_login_allowed(self, user: Any) -> None:
        """Staff only; who has a second factor only with it."""
        super().confirm_login_allowed(user)
        if not second_factor.is_set_up_by(user):
            return
        code = self.data.get("code", "").strip()
        if not code:
            raise forms.ValidationError(gettext("Enter the code of your authenticator app too."), code="code_missing")
        if not second_factor.verify(user=user, code=code):
            raise forms.ValidationError(WRONG_CODE, code="code_wrong")


class SetUpForm(forms.Form):
    """A code of the app that is being set up."""

    code = CodeField(help_text=_("The six digits that the app shows now."))


class RemoveForm(forms.Form):
    """A code, so that nobody does it at a screen that was left open."""

    code = CodeField(help_text=_("From your authenticator app, or a recovery code."))
