"""Making and withdrawing the credentials of MPs."""

import hashlib
import secrets
from datetime import datetime

from django.utils import timezone

from apps.providers.models import Credential, Provider


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
