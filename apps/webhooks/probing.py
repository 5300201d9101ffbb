"""Trying out an MP's callback endpoint: one ping, sent as messages are sent, and what came of it in words."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext

from apps.providers.models import Provider
from apps.tomp.errors import Invalid
from apps.webhooks.models import OutboxMessage
from apps.webhooks.outgoing import build_request
from apps.webhooks.sending import Outcome, send

PING = "/operator/ping"


@dataclass(frozen=True)
class Probe:
    """The address that was tried, how it ended, what that means, and whether messages can be expected to arrive."""

    address: str
    outcome: Outcome
    meaning: str
    works: bool


def probe(provider: Provider) -> Probe:
    """Ask the MP's callback endpoint for its ping, with our credentials and signature. Waits 13 seconds at most."""
    ping = OutboxMessage(provider=provider, subject="PING", method="GET", path=PING, body={})
    try:
        request = replace(build_request(ping), body=b"")
    except Invalid as error:
        return Probe("", Outcome(error=error.detail, refused=True), error.detail, works=False)
    outcome = send(request)
    meaning, works = _verdict(outcome)
    return Probe(f"{request.url.scheme}://{request.url.host}:{request.url.port}{request.path}", outcome, meaning, works)


def _verdict(outcome: Outcome) -> tuple[str, bool]:
    """What a status or its absence means, and whether that is well."""
    match outcome.status:
        case None:
            return gettext("No answer came. %(error)s") % {"error": outcome.error}, False
        case 401 | 403:
            return gettext(
                "The MP is there, but refuses our credentials: check how we authenticate, and the secret."
            ), False
        case 404 | 405 | 501:
            return gettext("The MP is there and takes our credentials; it has no ping, which it need not have."), True
        case status if 200 <= status < 300:
            return gettext("The MP answers, and takes our credentials."), True
        case status if 300 <= status < 400:
            return gettext("The MP sends us elsewhere, and redirects are not followed: enter the final address."), False
        case status if status >= 500:
            return gettext("The MP is there, but its server fails. Messages would be tried again later."), False
    return gettext("The MP is there, but does not accept the request."), False
