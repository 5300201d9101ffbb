"""Making and withdrawing the credentials of MPs."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken

from apps.clock.sweeps import in_batches
from apps.providers.models import Credential, OAuthClient, Provider
from apps.tomp.errors import IllegalState


def hash_secret(secret: str) -> str:
    """SHA-256 of a key's secret part, hexadecimal. The secret has 256 random bits, so a fast hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_credential(*, provider: Provider, label: str, expires_at: datetime | None = None) -> tuple[Credential, str]:
    """Make a key for `provider`; returns the row and the key, which cannot be shown again."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    credential = Credential.objects.create(
        provider=provider,
        label=label,
        prefix=prefix,
        secret_sha256=hash_secret(secret),
        expires_at=expires_at,
    )
    return credential, f"tomp_{prefix}_{secret}"


def revoke_credential(*, credential: Credential) -> None:
    """Refuse the key from now on. Revoking twice changes nothing."""
    Credential.objects.filter(pk=credential.pk, revoked_at=None).update(revoked_at=timezone.now())
    credential.refresh_from_db(fields=["revoked_at"])


def roll_over_credential(*, credential: Credential, old_until: datetime) -> tuple[Credential, str]:
    """A new key in the place of `credential`, which stays valid until `old_until` so that the MP can change over.

    Returns the new row and its key, which cannot be shown again. Raises `IllegalState` where the old one is valid no
    more; one that would expire earlier still does.
    """
    with transaction.atomic():
        (old,) = Credential.objects.select_for_update().filter(pk=credential.pk)
        _check_valid(old)
        old.expires_at = min(old.expires_at or old_until, old_until)
        old.save(update_fields=["expires_at"])
        return create_credential(provider=old.provider, label=old.label)


def _check_valid(credential: Credential | OAuthClient) -> None:
    if not credential.is_valid_at(timezone.now()):
        raise IllegalState(gettext("It has been revoked or has expired; make a new one."))


def create_oauth_client(
    *, provider: Provider, name: str, expires_at: datetime | None = None
) -> tuple[OAuthClient, str]:
    """Make an OAuth client for `provider`; returns the row and its secret, which cannot be shown again."""
    secret = generate_client_secret()
    client = OAuthClient.objects.create(
        provider=provider,
        name=name,
        client_secret=secret,
        client_type=OAuthClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=OAuthClient.GRANT_CLIENT_CREDENTIALS,
        expires_at=expires_at,
    )
    return client, secret


def roll_over_oauth_client(*, client: OAuthClient, old_until: datetime) -> tuple[OAuthClient, str]:
    """A new client in the place of `client`, which gets tokens until `old_until`; tokens end with their client.

    Returns the new row and its secret, which cannot be shown again. Raises as `roll_over_credential`.
    """
    with transaction.atomic():
        (old,) = OAuthClient.objects.select_for_update().filter(pk=client.pk)
        _check_valid(old)
        old.expires_at = min(old.expires_at or old_until, old_until)
        old.save(update_fields=["expires_at"])
        return create_oauth_client(provider=old.provider, name=old.name)


def revoke_oauth_client(*, client: OAuthClient) -> None:
    """Refuse the client and all its tokens from now on. Revoking twice changes nothing."""
    with transaction.atomic():
        OAuthClient.objects.filter(pk=client.pk, revoked_at=None).update(revoked_at=timezone.now())
        AccessToken.objects.filter(application=client).delete()
    client.refresh_from_db(fields=["revoked_at"])


def tokens_due(now: datetime) -> QuerySet[AccessToken]:
    """Bearer tokens that have expired."""
    return AccessToken.objects.filter(expires__lt=now)


def purge_tokens(*, now: datetime) -> int:
    """Forget bearer tokens that have expired, a batch at a time; returns how many."""
    return in_batches("purge bearer tokens", tokens_due(now), QuerySet.delete)
