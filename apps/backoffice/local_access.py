"""Logins of a local installation: its administrator, and the API keys of the demo MPs.

The database keeps hashes only, so the secrets themselves stay in `access.json` in the data folder, readable
by its owner alone, and hold from one start to the next.
"""

import json
import os
import secrets
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.backoffice import demo
from apps.providers.models import CallbackEndpoint, Credential, Provider
from apps.providers.services import create_credential, hash_secret


class AdminLogin(TypedDict):
    """The administrator; `password` is empty where it is not of our making."""

    username: str
    password: str


class ProviderAccess(TypedDict):
    """What a script needs to play one demo MP; `callback_url` is empty where staff have taken it away."""

    maas_id: str
    api_key: str
    callback_url: str


class LocalAccess(TypedDict):
    """All logins of this installation."""

    admin: AdminLogin
    providers: list[ProviderAccess]


def file() -> Path:
    """Where the logins are kept."""
    path: Path = settings.DATA_DIR / "access.json"
    return path


def read() -> LocalAccess:
    """The logins as last written; empty ones where there are none."""
    try:
        known: LocalAccess = json.loads(file().read_text())
    except FileNotFoundError:
        known = {"admin": {"username": "", "password": ""}, "providers": []}
    return known


def write_private(path: Path, document: object) -> None:
    """Write JSON that only its owner may read, as a whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as output:
        json.dump(document, output, indent=2)
        output.write("\n")
    draft.replace(path)


def ensure() -> LocalAccess:
    """Make sure that the logins in the file work on this database; make the ones that do not.

    An administrator that somebody else has made is named, and otherwise left alone.
    """
    known = read()
    access: LocalAccess = {"admin": _admin(known["admin"]), "providers": _providers(known["providers"])}
    write_private(file(), access)
    return access


def _admin(known: AdminLogin) -> AdminLogin:
    administrators = get_user_model().objects.filter(is_superuser=True, is_staff=True, is_active=True)
    if any(user.check_password(known["password"]) for user in administrators.filter(username=known["username"])):
        return known
    other = administrators.order_by("pk").first()
    if other is not None:
        return {"username": other.get_username(), "password": ""}
    taken = get_user_model().objects.filter(username="admin").exists()
    username = f"admin-{secrets.token_hex(2)}" if taken else "admin"
    login: AdminLogin = {"username": username, "password": secrets.token_urlsafe(12)}
    get_user_model().objects.create_superuser(**login)
    return login


def _providers(known: list[ProviderAccess]) -> list[ProviderAccess]:
    keys = {access["maas_id"]: access["api_key"] for access in known}
    demo_providers = Provider.objects.filter(maas_id__in=demo.MAAS_IDS).order_by("maas_id")
    addresses = dict(CallbackEndpoint.objects.values_list("provider", "base_url"))
    return [
        {
            "maas_id": provider.maas_id,
            "api_key": _working_key(provider, keys.get(provider.maas_id, "")),
            "callback_url": addresses.get(provider.pk, ""),
        }
        for provider in demo_providers
    ]


def _working_key(provider: Provider, key: str) -> str:
    _, _, prefix_and_secret = key.partition("_")
    prefix, _, secret = prefix_and_secret.partition("_")
    works = (
        Credential.objects.filter(provider=provider, prefix=prefix, secret_sha256=hash_secret(secret), revoked_at=None)
        .exclude(expires_at__lte=timezone.now())
        .exists()
    )
    return key if works else create_credential(provider=provider, label="demo")[1]
