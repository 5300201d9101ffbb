"""From the credentials of a request to the MP that sent it."""

import base64
import re
import secrets
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.operator.selectors import BASICS_COLUMN, Basics, read_basics
from apps.processes.selectors import Profile, published_profile, versions_of
from apps.providers.models import Credential, Provider
from apps.providers.services import hash_secret
from apps.tomp.errors import NotAuthenticated, NotPermitted

KEY_PATTERN = re.compile(r"tomp_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{20,100})")
UNKNOWN = "No valid credentials. Send an X-API-Key, or HTTP Basic with the maas-id and the key."


@dataclass(frozen=True)
class Caller:
    """The authenticated MP, its published process, and what every answer needs of the operator."""

    provider: Provider
    profile: Profile
    operator: Basics
    is_authenticated: bool = True


def _basic_credentials(header: str) -> tuple[str, str] | None:
    try:
        username, _, password = base64.b64decode(header, validate=True).decode().partition(":")
    except ValueError:  # no base64 (binascii.Error), no UTF-8, or not even ASCII
        return None
    return username, password


class CredentialAuthentication(BaseAuthentication):
    """`X-API-Key: <key>`, or HTTP Basic with the maas-id as user name and the key as password.

    One SQL statement finds the credential, its MP, the MP's published profile version and the operator.
    """

    def authenticate(self, request: Request) -> tuple[Caller, Credential]:
        """The caller; raises `NotAuthenticated` or, where the `maas-id` is another's, `NotPermitted`."""
        key = request.headers.get("X-API-Key", "")
        claimed: str | None = None
        scheme, _, parameter = request.headers.get("Authorization", "").partition(" ")
        if not key and scheme.lower() == "basic":
            pair = _basic_credentials(parameter.strip())
            claimed, key = pair or ("", "")
        match = KEY_PATTERN.fullmatch(key)
        if match is None:
            raise NotAuthenticated(UNKNOWN)

        latest = versions_of(OuterRef("provider")).values("pk")[:1]
        credential = (
            Credential.objects.select_related("provider")
            .annotate(published_version=Subquery(latest), operator=BASICS_COLUMN)
            .filter(prefix=match["prefix"])
            .first()
        )
        now = timezone.now()
        if (
            credential is None
            or not secrets.compare_digest(credential.secret_sha256, hash_secret(match["secret"]))
            or credential.revoked_at is not None
            or (credential.expires_at is not None and credential.expires_at <= now)
            or (claimed is not None and claimed != credential.provider.maas_id)
        ):
            raise NotAuthenticated(UNKNOWN)
        if not credential.provider.active:
            raise NotPermitted("This MP has been deactivated.")
        named = request.headers.get("maas-id", "").strip()
        if named and named != credential.provider.maas_id:
            raise NotPermitted("The maas-id is not the one of these credentials.")
        caller = Caller(
            provider=credential.provider,
            profile=published_profile(credential.published_version),
            operator=read_basics(credential.operator),
        )
        return caller, credential

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        return 'Basic realm="TOMP-API"'
