"""MPs: who they are, their keys, where they listen."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken
from unfold.admin import StackedInline

from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin, ReadOnlyAdmin
from apps.backoffice.badges import badge
from apps.backoffice.buttons import ButtonsMixin
from apps.backoffice.fields import KeepsSecrets, SecretField
from apps.backoffice.words import link, moment, table
from apps.integration.admin_views import callback_page, check_page, health_page
from apps.payments.admin_buttons import CLOSE_INVOICES
from apps.providers.admin_buttons import CLIENT_BUTTONS, KEY_BUTTONS, NEW_CLIENT, NEW_KEY, validity
from apps.providers.models import CallbackEndpoint, Credential, OAuthClient, Provider

# The toolkit's own pages: of its models, staff see the MPs' clients, and those on pages of ours.
admin.site.unregister([AccessToken, Grant, IDToken, OAuthClient, RefreshToken])


class EndpointForm(KeepsSecrets):
    """How the MP's own API is reached."""

    secret = SecretField(label=_("Secret"))
    signing_key = SecretField(label=_("Signing key"))

    class Meta:
        model = CallbackEndpoint
        fields: ClassVar = ["base_url", "sent_maas_id", "authentication", "username", "secret", "signing_key"]


class CallbackEndpointInline(InlineMixin, StackedInline):
    """Where the MP's own TOMP-API listens."""

    when_empty = _("Without an address of the MP it is told nothing, and has to ask.")
    model = CallbackEndpoint
    form = EndpointForm
    verbose_name_plural = _("callback endpoint")
    fields = ("base_url", "sent_maas_id", ("authentication", "username"), "secret", "signing_key")


@admin.register(Provider)
class ProviderAdmin(ButtonsMixin, BackofficeAdmin):
    """An MP, its limits, its keys."""

    when_empty = _("MPs are the apps in which travellers book. Add one, give it a key, and publish a process for it.")
    list_display = ("name", "maas_id", "active_shown", "limit", "created_at", "health")
    list_filter = ("active",)
    search_fields = ("name", "maas_id")
    inlines = (CallbackEndpointInline,)
    readonly_fields = ("keys", "clients", "see_also")
    buttons = (
        NEW_KEY,
        NEW_CLIENT,
        CLOSE_INVOICES,
    )

    def get_urls(self) -> list[URLPattern]:
        """The integration desk's pages beside the MP's own."""
        pages = (("health", health_page), ("callback", callback_page), ("check", check_page))
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(partial(page, model_admin=self)),
                name=f"providers_provider_{name}",
            )
            for name, page in pages
        ]
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Provider | None = None) -> Any:
        """Credentials and links once it exists."""
        about: Any = (
            (gettext("Provider"), {"fields": (("name", "maas_id"), ("active", "contact_email"))}),
            (
                gettext("Limits"),
                {"fields": (("booking_limit", "booking_limit_hours"), "request_limit", "callback_hosts")},
            ),
            (gettext("Money"), {"fields": ("billing_address", ("vat_number", "credits_are_positive"))}),
        )
        return about if obj is None else (*about, (gettext("Credentials"), {"fields": ("keys", "clients", "see_also")}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        """With their credentials."""
        return super().get_queryset(request).prefetch_related("credentials", "oauth_clients")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Providers are made inactive, so that their bookings keep a name."""
        return False

    @admin.display(description=_("state"), ordering="active")
    def active_shown(self, provider: Provider) -> SafeString:
        """Active or not."""
        return badge(gettext("active"), "green") if provider.active else badge(gettext("inactive"))

    @admin.display(description=_("health"))
    def health(self, provider: Provider) -> SafeString:
        """The way to how its calls and messages go."""
        address = reverse("admin:providers_provider_health", args=[provider.pk])
        return format_html('<a class="backoffice-link" href="{}">{}</a>', address, gettext("Calls and messages"))

    @admin.display(description=_("booking limit"), ordering="booking_limit")
    def limit(self, provider: Provider) -> str:
        """Most bookings in a period."""
        if provider.booking_limit is None:
            return gettext("none")
        return gettext("%(booking_limit)s in %(booking_limit_hours)s h") % {
            "booking_limit": provider.booking_limit,
            "booking_limit_hours": provider.booking_limit_hours,
        }

    @admin.display(description=_("keys"))
    def keys(self, provider: Provider) -> SafeString | str:
        """Each with its state; the keys themselves nobody knows."""
        return table(
            [gettext("Key"), gettext("Begins with"), gettext("State"), gettext("Made"), gettext("Expires")],
            [
                [
                    link(credential, credential.label),
                    f"tomp_{credential.prefix}_…",
                    validity(credential),
                    moment(credential.created_at),
                    moment(credential.expires_at),
                ]
                for credential in provider.credentials.all()
            ],
        )

    @admin.display(description=_("OAuth clients"))
    def clients(self, provider: Provider) -> SafeString | str:
        """Each with its state; the secrets nobody knows."""
        return table(
            [gettext("Client"), "client_id", gettext("State"), gettext("Made"), gettext("Expires")],
            [
                [
                    link(client, client.name),
                    client.client_id,
                    validity(client),
                    moment(client.created),
                    moment(client.expires_at),
                ]
                for client in provider.oauth_clients.all()
            ],
        )

    @admin.display(description=_("see also"))
    def see_also(self, provider: Provider) -> SafeString:
        """This MP's process, bookings and messages."""
        process = getattr(provider, "process_profile", None)
        return format_html(
            '<a class="backoffice-link" href="{4}">{5}</a> · '
            '<a class="backoffice-link" href="{3}">{6}</a> · '
            '<a class="backoffice-link" href="{0}?provider__id__exact={2}">{7}</a> · '
            '<a class="backoffice-link" href="{1}?provider__id__exact={2}">{8}</a>',
            reverse("admin:bookings_booking_changelist"),
            reverse("admin:webhooks_outboxmessage_changelist"),
            provider.pk,
            reverse("admin:processes_processprofile_change", args=[process.pk])
            if process
            else f"{reverse('admin:processes_processprofile_add')}?provider={provider.pk}",
            reverse("admin:providers_provider_health", args=[provider.pk]),
            gettext("Health and recent calls"),
            gettext("Process profile"),
            gettext("Bookings"),
            gettext("Messages"),
        )


class RevocableAdmin(ReadOnlyAdmin):
    """A credential: whose it is, and revoking it. New ones are made on the provider's page."""

    list_filter = ("provider",)
    list_select_related = ("provider",)
    view_on_site = False

    @admin.display(description=_("provider"))
    def provider_shown(self, credential: Credential | OAuthClient) -> SafeString:
        """Whose it is."""
        return link(credential.provider)

    @admin.display(description=_("state"))
    def state_shown(self, credential: Credential | OAuthClient) -> SafeString:
        """Valid, expired or revoked."""
        return validity(credential)

    @admin.display(description=_("expires"))
    def expires(self, credential: Credential | OAuthClient) -> str:
        """When it expires, if ever."""
        return moment(credential.expires_at)

    @admin.display(description=_("revoked"))
    def revoked(self, credential: Credential | OAuthClient) -> str:
        """When it was revoked."""
        return moment(credential.revoked_at)


@admin.register(Credential)
class CredentialAdmin(RevocableAdmin):
    """A key."""

    when_empty = _("An MP needs a key to call us. Make one on the page of the MP, by “New key”.")
    list_display = ("label", "provider", "begins_with", "state_shown", "created_at", "expires_at")
    search_fields = ("prefix__startswith", "label")
    ordering = ("-created_at",)
    fields = (("label", "provider_shown"), ("begins_with", "state_shown"), ("made", "expires"), "revoked")
    readonly_fields = ("provider_shown", "begins_with", "state_shown", "made", "expires", "revoked")
    buttons = KEY_BUTTONS

    @admin.display(description=_("begins with"))
    def begins_with(self, credential: Credential) -> str:
        """By which it can be told from others."""
        return f"tomp_{credential.prefix}_…"

    @admin.display(description=_("made"))
    def made(self, credential: Credential) -> str:
        """When it was made."""
        return moment(credential.created_at)


@admin.register(OAuthClient)
class OAuthClientAdmin(RevocableAdmin):
    """A client that gets bearer tokens."""

    when_empty = _("MPs that get bearer tokens need a client. Make one on the page of the MP, by “New OAuth client”.")
    list_display = ("name", "provider", "client_id", "state_shown", "created", "expires_at")
    search_fields = ("client_id__startswith", "name")
    ordering = ("-created",)
    fields = (("name", "provider_shown"), ("client_id", "state_shown"), ("made", "expires"), ("revoked", "tokens"))
    readonly_fields = ("provider_shown", "state_shown", "made", "expires", "revoked", "tokens")
    buttons = CLIENT_BUTTONS

    @admin.display(description=_("made"))
    def made(self, client: OAuthClient) -> str:
        """When it was made."""
        return moment(client.created)

    @admin.display(description=_("valid tokens"))
    def tokens(self, client: OAuthClient) -> int:
        """How many it could call with at this moment."""
        return AccessToken.objects.filter(application=client, expires__gt=timezone.now()).count()
