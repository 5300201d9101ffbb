"""Trying out an MP's callback endpoint: what each end of it means, in words."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.providers.models import CallbackAuthentication, CallbackEndpoint, Provider
from apps.webhooks.models import OutboxMessage
from apps.webhooks.probing import probe
from tests.backoffice.running_up import free_port
from tests.mp_server import MpServer, Raw, Reply

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "works", "meaning"),
    [
        (200, True, "answers, and takes our credentials"),
        (404, True, "has no ping, which it need not have"),
        (401, False, "refuses our credentials"),
        (302, False, "sends us elsewhere"),
        (503, False, "its server fails"),
        (422, False, "does not accept the request"),
    ],
)
def test_a_status_is_told_in_words(
    endpoint: CallbackEndpoint, mp_server: MpServer, status: int, works: bool, meaning: str
) -> None:
    mp_server.always = Reply(status)
    tried = probe(endpoint.provider)
    assert (tried.outcome.status, tried.works) == (status, works)
    assert meaning in tried.meaning
    assert tried.address == f"{endpoint.base_url}/operator/ping"


def test_it_is_sent_as_messages_are(endpoint: CallbackEndpoint, mp_server: MpServer) -> None:
    endpoint.authentication, endpoint.secret, endpoint.signing_key = CallbackAuthentication.API_KEY, "theirs", "ours"
    endpoint.save()
    probe(endpoint.provider)
    (ping,) = mp_server.received
    assert (ping.method, ping.body) == ("GET", b"")
    assert ping.headers["X-API-Key"] == "theirs"
    assert ping.headers["X-TOMP-Signature"].startswith("v1=")
    assert not OutboxMessage.objects.exists()


def test_what_keeps_an_answer_from_coming_is_told(
    endpoint: CallbackEndpoint, mp_server: MpServer, settings: Any
) -> None:
    mp_server.always = Raw(b"nonsense")
    assert "broke off before an answer came" in probe(endpoint.provider).meaning
    CallbackEndpoint.objects.update(base_url=f"http://127.0.0.1:{free_port()}")
    assert "nothing listens at this address" in probe(endpoint.provider).meaning
    CallbackEndpoint.objects.update(base_url="https://mp.invalid/tomp")
    assert "name leads nowhere" in probe(endpoint.provider).meaning
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    CallbackEndpoint.objects.update(base_url="https://127.0.0.1/tomp")
    assert "not a public address" in probe(endpoint.provider).meaning
    CallbackEndpoint.objects.all().delete()
    assert probe(endpoint.provider).meaning == "The MP has no callback address."


def test_only_who_may_change_mps_tries_it(endpoint: CallbackEndpoint, mp_server: MpServer, client: Client) -> None:
    user = get_user_model().objects.create_user("reader", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_provider"))
    client.force_login(user)
    address = reverse("admin:providers_provider_callback", args=[endpoint.provider_id])
    assert client.post(address).status_code == 403
    assert mp_server.received == []
    user.user_permissions.add(Permission.objects.get(codename="change_provider"))
    assert client.get(address).status_code == 200
    assert mp_server.received == []
    assert "It works" in client.post(address).text
    assert Provider.objects.filter(pk=endpoint.provider_id).exists()
