"""MaaS providers (MPs): who they are, how they prove it, where they listen."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from encrypted_fields.fields import EncryptedTextField
from oauth2_provider.models import AbstractApplication


class Provider(models.Model):
    """A MaaS provider, known on the wire by its `maas-id`."""

    maas_id = models.CharField("maas-id", max_length=100, unique=True)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True, help_text="An inactive MP is refused at every endpoint.")
    contact_email = models.EmailField(blank=True)
    callback_hosts = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text="Hosts to which callbacks may go, comma separated. A callback elsewhere is refused.",
    )
    billing_address = models.TextField(blank=True, help_text="As it stands on invoices, line by line.")
    vat_number = models.CharField("VAT number", max_length=30, blank=True, help_text="Printed on invoices.")
    credits_are_positive = models.BooleanField(
        "takes no negative amounts", default=False, help_text="Credits go out as positive amounts of category REFUND."
    )
    booking_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Most bookings within the period below; empty for no limit (error 3201).",
    )
    booking_limit_hours = models.PositiveIntegerField(default=24, help_text="The period of the limit, in hours.")
    request_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Most requests within a minute of the clock; empty for no limit (error x007).",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [
            models.CheckConstraint(name="provider_maas_id_is_not_empty", condition=~Q(maas_id="")),
            models.CheckConstraint(
                name="provider_request_limit_is_positive", condition=Q(request_limit=None) | Q(request_limit__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """An API key of an MP. Only its SHA-256 is kept; the key itself is shown once, when it is made.

    The key reads `tomp_<prefix>_<secret>`; the prefix finds the row. It serves as `X-API-Key` and, with
    the maas-id as user name, as the password of HTTP Basic.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="credentials")
    label = models.CharField(max_length=100, help_text="What it is used for, such as 'production'.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_expires_after_it_is_made",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

    def is_valid_at(self, moment: datetime) -> bool:
        """Neither revoked nor expired at `moment`."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)


class OAuthClient(AbstractApplication):
    """A client of an MP that gets bearer tokens with its `client_id` and `client_secret` (OAuth 2 client credentials).

    The secret is shown once and kept hashed; tokens are the toolkit's `AccessToken`, of which only a checksum is kept.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="oauth_clients")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How often it asked for a token, and in which minute of the clock (its beginning).
    counted_minute = models.DateTimeField(null=True, editable=False)
    counted_requests = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager["OAuthClient"]] = models.Manager()

    class Meta:
        verbose_name = "OAuth client"
        constraints = [
            models.CheckConstraint(
                name="oauth_client_expires_after_it_is_made",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created")),
            ),
            models.CheckConstraint(
                name="oauth_client_has_a_secret_and_no_other_grant",
                condition=Q(
                    client_type=AbstractApplication.CLIENT_CONFIDENTIAL,
                    authorization_grant_type=AbstractApplication.GRANT_CLIENT_CREDENTIALS,
                    hash_client_secret=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id[:8]}…)"

    def is_valid_at(self, moment: datetime) -> bool:
        """Neither revoked nor expired at `moment`."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)

    def is_usable(self, request: Any) -> bool:
        """May it have a token? Asked by the toolkit before anything else."""
        return self.is_valid_at(timezone.now()) and self.provider.active


class CallbackAuthentication(models.TextChoices):
    """How we authenticate ourselves at the MP."""

    NONE = "NONE", "none"
    API_KEY = "API_KEY", "X-API-Key"
    BASIC = "BASIC", "HTTP Basic"
    BEARER = "BEARER", "bearer token"


class CallbackEndpoint(models.Model):
    """Where an MP's own TOMP-API listens, and with which credentials we call it."""

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="callback_endpoint")
    base_url = models.URLField(help_text="Messages go to this address followed by the TOMP path.")
    authentication = models.CharField(
        max_length=10, choices=CallbackAuthentication, default=CallbackAuthentication.NONE
    )
    username = models.CharField(max_length=100, blank=True, help_text="For HTTP Basic.")
    secret = EncryptedTextField(blank=True, null=True, help_text="The key, password or token the MP gave us.")
    signing_key = EncryptedTextField(
        blank=True,
        null=True,
        help_text="Key of the HMAC by which the MP can tell our messages from forgeries.",
    )
    sent_maas_id = models.CharField(
        max_length=100, blank=True, help_text="Our `maas-id` at this MP; empty for the operator's system id."
    )

    def __str__(self) -> str:
        return self.base_url
