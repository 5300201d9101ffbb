"""Where messages may go, and where they may not."""

import ipaddress
import socket

import pytest
from pytest_django import Settings

from apps.providers.models import CallbackEndpoint, Provider
from apps.tomp.errors import Invalid
from apps.webhooks import addresses
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryState
from tests import factories
from tests.mp_server import MpServer
from tests.webhooks.conftest import Enqueue


@pytest.fixture
def strict(settings: Settings) -> None:
    """As in production."""
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_private_addresses_are_known_in_every_guise(address: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2a02:2770::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_known_too(address: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_a_name_that_leads_home_is_refused_when_it_is_resolved(strict: None, host: str) -> None:
    with pytest.raises(Invalid, match="not a public address"):
        addresses.resolve(host, 443)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_connection_is_made_to_a_private_address(
    strict: None, write: Enqueue, mp_server: MpServer, endpoint: CallbackEndpoint, host: str
) -> None:
    endpoint.base_url = f"https://{host}:{mp_server.port}/tomp"
    endpoint.save()
    message = write()

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.FAILED
    assert "not a public address" in message.delivery_attempts.get().error
    assert not mp_server.received


@pytest.mark.django_db
def test_a_name_with_one_private_address_among_public_ones_is_refused(
    strict: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: answers)

    with pytest.raises(Invalid, match=r"10\.0\.0\.1"):
        addresses.resolve("mixed.example", 443)


@pytest.mark.django_db
def test_unencrypted_delivery_is_refused(
    strict: None, write: Enqueue, mp_server: MpServer, endpoint: CallbackEndpoint
) -> None:
    message = write()

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.FAILED
    assert "HTTPS" in message.delivery_attempts.get().error
    assert not mp_server.received


@pytest.fixture
def registered(db: None) -> Provider:
    """An MP with two registered hosts and an endpoint on a third."""
    provider = factories.ProviderFactory(callback_hosts=["Hooks.MP.example", "api.mp.example"])
    factories.CallbackEndpointFactory(provider=provider, base_url="https://tomp.mp.example/v1")
    return provider


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.mp.example",
        "https://HOOKS.mp.example/a/b/",
        "https://api.mp.example:8443/x",
        "https://tomp.mp.example/other",
    ],
)
def test_registered_hosts_may_be_called(strict: None, registered: Provider, url: str) -> None:
    addresses.check_callback_url(registered, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://hooks.mp.example.evil.example/",
        "https://evil.example/hooks.mp.example",
        "https://hooks.mp.example@evil.example/",
        "https://user:pass@hooks.mp.example/",
        "https://hooks.mp.example\\@evil.example/",
        "https://hooks.mp.example?x=1",
        "https://hooks.mp.example#x",
        "https://hooks.mp.example:0/",
        "https://hooks.mp.example:99999/",
        "https://hooks.mp.example:port/",
        "http://hooks.mp.example/",
        "ftp://hooks.mp.example/",
        "//hooks.mp.example/",
        "hooks.mp.example",
        "",
        "https://",
        "https://[::1",
        "https://hooks.mp.example/\x00",
        "https://hooks.mp.example/ x",
        "https://höoks.mp.example/",
        "https://hooks.mp.example/" + "x" * 200,
    ],
)
def test_anything_else_is_refused(strict: None, registered: Provider, url: str) -> None:
    with pytest.raises(Invalid):
        addresses.check_callback_url(registered, url)


@pytest.mark.django_db
def test_without_registered_hosts_only_development_lets_a_url_pass(settings: Settings) -> None:
    provider = factories.ProviderFactory()

    addresses.check_callback_url(provider, "http://127.0.0.1:9999/tomp")
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    with pytest.raises(Invalid, match="not on a host registered"):
        addresses.check_callback_url(provider, "https://anywhere.example/tomp")


@pytest.mark.django_db
def test_a_private_address_is_refused_even_if_registered(strict: None) -> None:
    provider = factories.ProviderFactory(callback_hosts=["10.0.0.7", "::1"])

    for url in ("https://10.0.0.7/", "https://[::1]/"):
        with pytest.raises(Invalid, match="public"):
            addresses.check_callback_url(provider, url)


@pytest.mark.django_db
def test_a_host_that_is_no_longer_registered_gets_no_more_messages(
    write: Enqueue, mp_server: MpServer, provider: Provider
) -> None:
    booking = factories.BookingFactory(provider=provider, callback_url=f"http://localhost:{mp_server.port}/own")
    message = write("CANCEL", of=booking)

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.FAILED
    assert "not on a host registered" in message.delivery_attempts.get().error
    assert not mp_server.received
