"""Making, checking and withdrawing the keys with which vehicles report."""

import re
import secrets
from datetime import datetime

from django.utils import timezone

from apps.providers.services import hash_secret
from apps.telemetry.models import TelemetryKey
from apps.tomp.errors import NotAuthenticated

KEY_PATTERN = re.compile(r"telemetry_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{20,100})")
UNKNOWN = "No valid key. Send a telemetry key as X-API-Key."


def create_key(*, label: str, expires_at: datetime | None = None) -> tuple[TelemetryKey, str]:
    """Make a key; returns the row and the key, which cannot be shown again."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = TelemetryKey.objects.create(
        label=label, prefix=prefix, secret_sha256=hash_secret(secret), expires_at=expires_at
    )
    return row, f"telemetry_{prefix}_{secret}"


def find_key(key: str, *, now: datetime) -> TelemetryKey:
    """The row of a key that is valid at `now`. One statement; raises `NotAuthenticated` for any other."""
    match = KEY_PATTERN.fullmatch(key)
    row = TelemetryKey.objects.filter(prefix=match["prefix"]).first() if match else None
    if (
        match is None
        or row is None
        or not secrets.compare_digest(row.secret_sha256, hash_secret(match["secret"]))
        or row.revoked_at is not None
        or (row.expires_at is not None and row.expires_at <= now)
    ):
        raise NotAuthenticated(UNKNOWN)
    return row


def revoke_key(*, key: TelemetryKey) -> None:
    """Refuse the key from now on. Revoking twice changes nothing."""
    TelemetryKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    key.refresh_from_db(fields=["revoked_at"])
