"""Where messages to MPs may go: which URLs an MP may name, and which network addresses we connect to.

Source: DESIGN, "Who may do what". `TOMP_ALLOW_PRIVATE_CALLBACKS`, the development setting, lifts the demand
for HTTPS and for public addresses.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from apps.network import http_exchange
from apps.providers.models import CallbackEndpoint, Provider
from apps.tomp.errors import Invalid

MAX_URL_LENGTH = 200
PRINTABLE_ASCII = re.compile(r"[!-~]+")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class CallbackUrl:
    """A checked base URL in parts. `path` has no slash at its end; `host` is in lower case."""

    scheme: str
    host: str
    port: int
    path: str


def parse_callback_url(url: str, *, name: str = "callbackUrl") -> CallbackUrl:
    """The parts of a base URL for messages. Raises `Invalid`, naming the field, where it is none we would ever call.

    A user name, a query or a fragment is refused: credentials belong into the callback endpoint, and the
    TOMP path is put behind the URL.
    """
    if len(url) > MAX_URL_LENGTH or not PRINTABLE_ASCII.fullmatch(url):
        raise Invalid(
            gettext("%(name)s is no URL of at most %(most)s ASCII characters.") % {"name": name, "most": MAX_URL_LENGTH}
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(gettext("%(name)s is no valid URL.") % {"name": name}) from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise Invalid(gettext("%(name)s is no absolute HTTPS URL.") % {"name": name})
    if parts.scheme != "https" and not settings.TOMP_ALLOW_PRIVATE_CALLBACKS:
        raise Invalid(gettext("%(name)s must be HTTPS.") % {"name": name})
    if parts.username is not None or parts.password is not None or "?" in url or "#" in url:
        raise Invalid(gettext("%(name)s may have no user name, query or fragment.") % {"name": name})
    return CallbackUrl(parts.scheme, parts.hostname, port or PORTS[parts.scheme], parts.path.rstrip("/"))


def check_callback_url(provider: Provider, url: str, *, name: str = "callbackUrl") -> None:
    """Raise `Invalid` unless messages for `provider` may go to `url`; `name` is that of the field it came in.

    The host must be one of the MP's registered hosts or that of its own callback endpoint; where neither
    exists, only the development setting lets any host pass. Nothing is looked up in the DNS here: what the
    name leads to is checked at each delivery, by `resolve`.
    """
    callback = parse_callback_url(url, name=name)
    registered = {host.strip().lower() for host in provider.callback_hosts}
    endpoint = CallbackEndpoint.objects.filter(provider=provider).only("base_url").first()
    own = urlsplit(endpoint.base_url).hostname if endpoint else None
    if own:
        registered.add(own)
    anywhere = not registered and settings.TOMP_ALLOW_PRIVATE_CALLBACKS
    if callback.host not in registered and not anywhere:
        raise Invalid(gettext("%(name)s is not on a host registered for this MP.") % {"name": name})
    if not settings.TOMP_ALLOW_PRIVATE_CALLBACKS and _is_private_literal(callback.host):
        raise Invalid(gettext("%(name)s is not a public address.") % {"name": name})


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses `host` has now, in the resolver's order; one of them is then connected to as it is.

    Raises `Invalid` if any of them is not public (a name with a public and a private address is an attack
    or a mistake), `OSError` if the name cannot be resolved.
    """
    addresses = http_exchange.resolve(host, port)
    if not settings.TOMP_ALLOW_PRIVATE_CALLBACKS:
        for address in addresses:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Invalid(
                    gettext("%(host)s leads to %(address)s, which is not a public address.")
                    % {"host": host, "address": address}
                )
    return addresses


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Is this an address of the open internet, also after unpacking an IPv4 address carried in IPv6?"""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried)
    return address.is_global and not address.is_multicast


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return False  # a name
