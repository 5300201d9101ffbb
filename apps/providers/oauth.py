"""OAuth 2 client credentials (RFC 6749, 4.4): who may have a token, and how often.

django-oauth-toolkit reads, checks and writes; what is said here is what an MP's client may not do.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2 import OAuth2Error

from apps.providers.models import OAuthClient

# A token is good for an hour; a client that asks this often within a minute has lost its way, or guesses.
TOKEN_REQUESTS_A_MINUTE = 20


class TooManyTokenRequests(OAuth2Error):
    """The client asked for a token too often within this minute (429)."""

    error = "slow_down"
    status_code = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(description=f"No more than {TOKEN_REQUESTS_A_MINUTE} requests for a token a minute.")
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """With `Retry-After`, in seconds."""
        return {**super().headers, "Retry-After": str(self.retry_after)}


class ClientValidator(OAuth2Validator):
    """Only a known client can be guessed at, so each known one is counted, whether its secret was right or not."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Is this a client with its secret, in HTTP Basic or else in the body? Raises `TooManyTokenRequests`."""
        by_header = self._extract_basic_auth(request) is not None
        authenticated: bool = (
            self._authenticate_basic_auth(request) if by_header else self._authenticate_request_body(request)
        )
        if request.client is not None:
            _count(request.client, now=timezone.now())
        return authenticated


def _count(client: OAuthClient, *, now: datetime) -> None:
    """Count a request for a token. One statement, so that two at once never count as one."""
    minute = now.replace(second=0, microsecond=0)
    counted = (
        OAuthClient.objects.filter(pk=client.pk)
        .exclude(Q(counted_minute=minute) & Q(counted_requests__gte=TOKEN_REQUESTS_A_MINUTE))
        .update(
            counted_requests=Case(When(counted_minute=minute, then=F("counted_requests") + 1), default=Value(1)),
            counted_minute=minute,
        )
    )
    if not counted:
        raise TooManyTokenRequests(60 - now.second)
