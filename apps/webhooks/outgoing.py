"""One HTTP request to an MP, complete before it leaves: address, headers, credentials, signature."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from apps.operator.selectors import operator_basics
from apps.providers.models import CallbackAuthentication, CallbackEndpoint
from apps.tomp.errors import Invalid
from apps.tomp.headers import SERVED_VERSION
from apps.tomp.json_format import dumps
from apps.webhooks.addresses import CallbackUrl, check_callback_url, parse_callback_url
from apps.webhooks.models import OutboxMessage


@dataclass(frozen=True)
class OutgoingRequest:
    """What is sent to `url.host`. `headers` lacks the signature, which depends on the time of sending."""

    url: CallbackUrl
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    signing_key: str

    def signed_headers(self, timestamp: int) -> dict[str, str]:
        """All headers of a request sent at `timestamp` (seconds since 1970)."""
        if not self.signing_key:
            return self.headers
        return {
            **self.headers,
            "X-TOMP-Timestamp": str(timestamp),
            "X-TOMP-Signature": f"v1={signature(self.signing_key, timestamp, self.body)}",
        }


def signature(signing_key: str, timestamp: int, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over `<timestamp>.<body>` (docs/messages.md)."""
    return hmac.new(signing_key.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()


def build_request(message: OutboxMessage) -> OutgoingRequest:
    """The request for `message`, to the booking's own callback URL or else the MP's callback endpoint.

    Raises `Invalid` where the MP has no callback address, or one that messages may not go to (any more).
    """
    endpoint = CallbackEndpoint.objects.filter(provider=message.provider_id).first()
    if not message.base_url and endpoint is None:
        raise Invalid("The MP has no callback address.")
    if message.base_url:
        check_callback_url(message.provider, message.base_url)
    url = parse_callback_url(message.base_url or (endpoint.base_url if endpoint else ""))
    return OutgoingRequest(
        url=url,
        method=message.method,
        path=url.path + message.path,
        headers={**_tomp_headers(message, endpoint), **_credentials(endpoint)},
        body=dumps(message.body),
        signing_key=(endpoint.signing_key or "") if endpoint else "",
    )


def _tomp_headers(message: OutboxMessage, endpoint: CallbackEndpoint | None) -> dict[str, str]:
    """The headers the TOMP 1.6.1 document demands, and the key by which the MP knows a repetition."""
    operator = operator_basics()
    language = operator.languages[0]
    return {
        "Accept-Language": language,
        "Api": "TOMP",
        "Api-Version": SERVED_VERSION,
        "maas-id": (endpoint.sent_maas_id if endpoint else "") or operator.system_id,
        "addressed-to": message.provider.maas_id,
        "Content-Type": "application/json",
        "Content-Language": language,
        "Idempotency-Key": str(message.key),
        "User-Agent": "tomp-backoffice",
        "Connection": "close",
    }


def _credentials(endpoint: CallbackEndpoint | None) -> dict[str, str]:
    if endpoint is None:
        return {}
    secret = endpoint.secret or ""
    if endpoint.authentication == CallbackAuthentication.API_KEY:
        return {"X-API-Key": secret}
    if endpoint.authentication == CallbackAuthentication.BASIC:
        pair = base64.b64encode(f"{endpoint.username}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    if endpoint.authentication == CallbackAuthentication.BEARER:
        return {"Authorization": f"Bearer {secret}"}
    return {}
