"""From the credentials of a request to the MP that sent it."""

import base64
import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.operator.selectors import BASICS_COLUMN, Basics, read_basics
from apps.processes.selectors import Profile, published_profile, versions_of
from apps.providers.models import Credential, Provider
from apps.providers.services import hash_secret
from apps.revisions.models import Subject
from apps.revisions.selectors import UNSTAMPED, Stamp, read_stamp, stamp_column
from apps.tomp.errors import NotAuthenticated, NotPermitted

KEY_PATTERN = re.compile(r"tomp_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{20,100})")
TOKEN_PATTERN = re.compile(r"[A-Za-z0-9._~+/-]{1,255}=*")  # RFC 6750, b64token
UNKNOWN = "No valid credentials. Send an X-API-Key, HTTP Basic with the maas-id and the key, or a bearer token."
NO_TOKEN = "The bearer token is unknown, revoked or expired; POST /oauth/token gives a new one."  # noqa: S105


@dataclass(frozen=True)
class Caller:
    """The authenticated MP, its published process, and what every answer needs of the operator.

    `stamp` is that of what the answer is told from, where its view names that.
    """

    provider: Provider
    profile: Profile
    operator: Basics
    stamp: Stamp = UNSTAMPED
    is_authenticated: bool = True


def _basic_credentials(header: str) -> tuple[str, str] | None:
    try:
        username, _, password = base64.b64decode(header, validate=True).decode().partition(":")
    except ValueError:  # no base64 (binascii.Error), no UTF-8, or not even ASCII
        return None
    return username, password


def _with_what_every_answer_needs(
    found: QuerySet[Any], *, provider: str, subjects: Collection[Subject]
) -> QuerySet[Any]:
    """The same rows with the published profile version of the MP at `provider`, the operator, and a stamp."""
    latest = versions_of(OuterRef(provider)).values("pk")[:1]
    found = found.annotate(published_version=Subquery(latest), operator=BASICS_COLUMN)
    return found.annotate(stamp=stamp_column(subjects, timezone.now())) if subjects else found


def _by_key(key: str, *, claimed: str | None, subjects: Collection[Subject]) -> Credential:
    """The credential of a key; `claimed` is the user name of HTTP Basic."""
    match = KEY_PATTERN.fullmatch(key)
    if match is None:
        raise NotAuthenticated(UNKNOWN)
    found = Credential.objects.select_related("provider").filter(prefix=match["prefix"])
    found = _with_what_every_answer_needs(found, provider="provider", subjects=subjects)
    credential: Credential | None = found.first()
    if (
        credential is None
        or not secrets.compare_digest(credential.secret_sha256, hash_secret(match["secret"]))
        or credential.revoked_at is not None
        or (credential.expires_at is not None and credential.expires_at <= timezone.now())
        or (claimed is not None and claimed != credential.provider.maas_id)
    ):
        raise NotAuthenticated(UNKNOWN)
    return credential


def _by_token(token: str, *, subjects: Collection[Subject]) -> AccessToken:
    """The token that was given to a client of an MP."""
    if TOKEN_PATTERN.fullmatch(token) is None:
        raise NotAuthenticated(NO_TOKEN)
    found: QuerySet[Any] = AccessToken.objects.select_related("application__provider").filter(
        token_checksum=hashlib.sha256(token.encode()).hexdigest()
    )
    found = _with_what_every_answer_needs(found, provider="application__provider", subjects=subjects)
    access = found.first()
    now = timezone.now()
    if access is None or access.expires <= now or not access.application.is_valid_at(now):
        raise NotAuthenticated(NO_TOKEN)
    return access


def _scheme(request: Request) -> tuple[str, str]:
    """The `Authorization` header: its scheme in small letters, and what follows."""
    scheme, _, parameter = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), parameter.strip()


def claimed_provider(request: Request) -> int | None:
    """The key of the MP whose credentials these seem to be, valid or not, or else whose maas-id is named."""
    scheme, parameter = _scheme(request)
    username, password = (_basic_credentials(parameter) if scheme == "basic" else None) or ("", "")
    named = request.headers.get("maas-id", "").strip() or username
    ways = [Q(maas_id=named.replace("\x00", ""))]
    if match := KEY_PATTERN.fullmatch(request.headers.get("X-API-Key", "") or password):
        ways.insert(0, Q(credentials__prefix=match["prefix"]))
    elif scheme == "bearer":
        checksum = hashlib.sha256(parameter.encode()).hexdigest()
        ways.insert(0, Q(oauth_clients__accesstoken__token_checksum=checksum))
    found = (Provider.objects.filter(way).values_list("pk", flat=True).first() for way in ways)
    return next((key for key in found if key is not None), None)


class CredentialAuthentication(BaseAuthentication):
    """`X-API-Key: <key>`, HTTP Basic with the maas-id and the key as password, or `Bearer <token>` of OAuth 2.

    One SQL statement finds the credential, its MP, the MP's published profile version, the operator, and when what the
    answer is told from (`TompView.told_from`) changed.
    """

    def authenticate(self, request: Request) -> tuple[Caller, Credential | AccessToken]:
        """The caller; raises `NotAuthenticated` or, where the `maas-id` is another's, `NotPermitted`."""
        key = request.headers.get("X-API-Key", "")
        scheme, parameter = _scheme(request)
        subjects: Collection[Subject] = getattr(request.parser_context["view"], "told_from", ())
        found: Any  # of either kind, with what `_with_what_every_answer_needs` adds
        if not key and scheme == "bearer":
            found = _by_token(parameter, subjects=subjects)
            provider = found.application.provider
        else:
            claimed: str | None = None
            if not key and scheme == "basic":
                claimed, key = _basic_credentials(parameter) or ("", "")
            found = _by_key(key, claimed=claimed, subjects=subjects)
            provider = found.provider
        if not provider.active:
            raise NotPermitted("This MP has been deactivated.")
        named = request.headers.get("maas-id", "").strip()
        if named and named != provider.maas_id:
            raise NotPermitted("The maas-id is not the one of these credentials.")
        caller = Caller(
            provider=provider,
            profile=published_profile(found.published_version),
            operator=read_basics(found.operator),
            stamp=read_stamp(found.stamp) if subjects else UNSTAMPED,
        )
        return caller, found

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401; of a token that was not accepted it says so (RFC 6750, 3)."""
        if _scheme(request)[0] == "bearer":
            return 'Bearer realm="TOMP-API", error="invalid_token"'
        return 'Basic realm="TOMP-API", Bearer realm="TOMP-API"'
