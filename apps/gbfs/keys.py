"""The key with which others than MPs read the feed, where it is not for everybody."""

import secrets

from apps.operator.models import Operator
from apps.providers.services import hash_secret


def make_key() -> str:
    """Make a new key, which cannot be shown again; the one before is refused from now on."""
    key = f"gbfs_{secrets.token_urlsafe(32)}"
    Operator.objects.update(gbfs_key_sha256=hash_secret(key))
    return key


def is_key(key: str, sha256: str) -> bool:
    """Is it the key whose hash has been kept? None is, before the first was made."""
    return bool(sha256) and secrets.compare_digest(sha256, hash_secret(key))
