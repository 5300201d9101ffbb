"""Making, rolling over and revoking the credentials of MPs: buttons on an MP's page, and on a key's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.backoffice.badges import badge
from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.fields import MomentField
from apps.providers.models import Credential, OAuthClient, Provider
from apps.providers.services import (
    create_credential,
    create_oauth_client,
    revoke_credential,
    revoke_oauth_client,
    roll_over_credential,
    roll_over_oauth_client,
)

# How long an old key stays beside the new one, unless staff say otherwise.
OVERLAP = timedelta(days=7)


class NewCredentialForm(SubjectForm):
    """What a new key or client is for, and until when."""

    label = forms.CharField(
        label=_("Label"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What it is used for, such as 'production'."),
    )
    expires_at = MomentField(
        label=_("Expires"), required=False, help_text=_("Empty for one that is valid until it is revoked.")
    )

    def clean_expires_at(self) -> Any:
        """Not in the past."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError(gettext("This moment has passed."))
        return expires_at


class RollOverForm(SubjectForm):
    """How long the old one stays."""

    old_until = MomentField(
        label=_("The old one stays valid until"), help_text=_("By then the MP has to use the new one.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_until"].initial = (timezone.localtime() + OVERLAP).replace(minute=0, second=0)

    def clean_old_until(self) -> Any:
        """Not in the past: to end it at once it is revoked."""
        old_until = self.cleaned_data["old_until"]
        if old_until <= timezone.now():
            raise forms.ValidationError(gettext("This moment has passed. To end it at once, revoke it."))
        return old_until


def validity(credential: Credential | OAuthClient) -> SafeString:
    """Revoked, expired or valid."""
    if credential.revoked_at is not None:
        return badge(gettext("revoked"), "red")
    return badge(gettext("valid"), "green") if _is_valid(credential) else badge(gettext("expired"))


def _is_valid(credential: Credential | OAuthClient) -> bool:
    return credential.is_valid_at(timezone.now())


def _make_key(press: Press) -> HttpResponse:
    answers = press.answers
    made = create_credential(provider=press.subject, label=answers["label"], expires_at=answers["expires_at"])
    return _show_new_key(press, *made)


def _roll_key_over(press: Press) -> HttpResponse:
    old_until = press.answers["old_until"]
    made = roll_over_credential(credential=press.subject, old_until=old_until)
    return _show_new_key(press, *made, old_until=old_until)


def _show_new_key(press: Press, credential: Credential, key: str, *, old_until: datetime | None = None) -> HttpResponse:
    """Show a key in this one answer; it is written down nowhere."""
    context = {
        **admin.site.each_context(press.request),
        "title": gettext("New key"),
        "opts": Credential._meta,
        "provider": credential.provider,
        "credential": credential,
        "key": key,
        "old_until": old_until,
    }
    return TemplateResponse(press.request, "admin/providers/new_key.html", context)


def _make_client(press: Press) -> HttpResponse:
    answers = press.answers
    made = create_oauth_client(provider=press.subject, name=answers["label"], expires_at=answers["expires_at"])
    return _show_new_client(press, *made)


def _roll_client_over(press: Press) -> HttpResponse:
    old_until = press.answers["old_until"]
    made = roll_over_oauth_client(client=press.subject, old_until=old_until)
    return _show_new_client(press, *made, old_until=old_until)


def _show_new_client(
    press: Press, client: OAuthClient, secret: str, *, old_until: datetime | None = None
) -> HttpResponse:
    """Show the secret of a client in this one answer; it is written down nowhere."""
    context = {
        **admin.site.each_context(press.request),
        "title": gettext("New OAuth client"),
        "opts": OAuthClient._meta,
        "provider": client.provider,
        "client": client,
        "secret": secret,
        "token_url": f"{settings.PUBLIC_URL}{reverse('oauth-token')}",
        "old_until": old_until,
    }
    return TemplateResponse(press.request, "admin/providers/new_client.html", context)


def _what_a_new_client_does(provider: Provider) -> str:
    return gettext(
        "%(provider)s can get bearer tokens with it at once. Its secret is shown once, on the next page."
    ) % {"provider": provider}


def _what_a_new_key_does(provider: Provider) -> str:
    return gettext(
        "%(provider)s can use the TOMP-API with it at once. The key is shown once, on the next page, and never again."
    ) % {"provider": provider}


def _is_not_revoked(credential: Credential | OAuthClient) -> bool:
    return credential.revoked_at is None


def _what_revoking_does(credential: Credential | OAuthClient) -> str:
    said = (
        gettext("Every call of %(provider)s with this key is refused from now on. This cannot be undone.")
        if isinstance(credential, Credential)
        else gettext(
            "Every call of %(provider)s with a token of this client is refused from now on. This cannot be undone."
        )
    )
    return said % {"provider": credential.provider}


def _revoke(press: Press) -> None:
    """Withdraw the key or client; the reason goes to the admin's log, for neither has states of its own."""
    if isinstance(press.subject, Credential):
        revoke_credential(credential=press.subject)
    else:
        revoke_oauth_client(client=press.subject)
    LogEntry.objects.log_actions(
        press.user.pk, [press.subject], CHANGE, change_message=f"Revoked: {press.reason}", single_object=True
    )


def _what_rolling_over_does(credential: Credential | OAuthClient) -> str:
    return gettext(
        "%(provider)s gets a new one, which is shown once, on the next page. This one goes on "
        "until the moment below, so that they can change over without a pause; then it is "
        "refused."
    ) % {"provider": credential.provider}


def _roll_over_button(run: Callable[[Press], HttpResponse]) -> Button:
    return Button(
        name="roll-over",
        label=_("Roll over"),
        icon="autorenew",
        fits=_is_valid,
        consequence=_what_rolling_over_does,
        run=run,
        done="",
        form=RollOverForm,
        variant=ActionVariant.PRIMARY,
    )


def _revoke_button(label: str | Promise, done: str | Promise) -> Button:
    return Button(
        name="revoke",
        label=label,
        icon="key_off",
        fits=_is_not_revoked,
        consequence=_what_revoking_does,
        run=_revoke,
        done=done,
        variant=ActionVariant.DANGER,
    )


NEW_KEY = Button(
    name="new-key",
    label=_("New key"),
    icon="key",
    fits=bool,
    consequence=_what_a_new_key_does,
    run=_make_key,
    done="",
    form=NewCredentialForm,
)
NEW_CLIENT = Button(
    name="new-client",
    label=_("New OAuth client"),
    icon="vpn_key",
    fits=bool,
    consequence=_what_a_new_client_does,
    run=_make_client,
    done="",
    form=NewCredentialForm,
)
KEY_BUTTONS = (_roll_over_button(_roll_key_over), _revoke_button(_("Revoke key"), _("The key is revoked.")))
CLIENT_BUTTONS = (
    _roll_over_button(_roll_client_over),
    _revoke_button(_("Revoke client"), _("The client is revoked, and so are its tokens.")),
)
