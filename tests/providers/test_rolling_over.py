"""Credentials are rolled over with an overlap, in which both are good."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.providers.models import OAuthClient, Provider
from apps.providers.services import (
    create_credential,
    create_oauth_client,
    revoke_credential,
    revoke_oauth_client,
    roll_over_credential,
    roll_over_oauth_client,
)
from apps.tomp.errors import IllegalState
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_both_keys_are_good_until_the_overlap_ends(mp: TompClient) -> None:
    _, key = roll_over_credential(credential=mp.provider.credentials.get(), old_until=in_days(7))
    new: dict[str, str | None] = {"X-API-Key": key}
    assert (mp.get("/bookings").status, mp.get("/bookings", headers=new).status) == (200, 200)
    with time_machine.travel(in_days(7.01)):
        assert (mp.get("/bookings").status, mp.get("/bookings", headers=new).status) == (401, 200)


def test_the_new_one_is_called_as_the_old_one_and_does_not_run_out_with_it(provider: Provider) -> None:
    ends = in_days(2)
    old, _ = create_credential(provider=provider, label="production", expires_at=ends)
    new, _ = roll_over_credential(credential=old, old_until=in_days(7))
    old.refresh_from_db()
    assert (new.label, new.expires_at, old.expires_at) == ("production", None, ends)


def test_what_is_valid_no_more_is_not_rolled_over(provider: Provider) -> None:
    credential, _ = create_credential(provider=provider, label="production")
    revoke_credential(credential=credential)
    with pytest.raises(IllegalState):
        roll_over_credential(credential=credential, old_until=in_days(7))
    oauth_client, _ = create_oauth_client(provider=provider, name="production", expires_at=in_days(1))
    with time_machine.travel(in_days(2)), pytest.raises(IllegalState):
        roll_over_oauth_client(client=oauth_client, old_until=in_days(7))
    assert (provider.credentials.count(), provider.oauth_clients.count()) == (1, 1)


def test_a_client_is_rolled_over_on_its_page(provider: Provider, admin_client: Client) -> None:
    old, _ = create_oauth_client(provider=provider, name="production")
    address = reverse("admin:providers_oauthclient_do", args=[old.pk, "roll-over"])
    moment = timezone.localtime() + timedelta(days=1)
    late: dict[str, Any] = {"old_until": "2020-01-01T00:00"}
    assert "This moment has passed" in admin_client.post(address, late).text
    shown = admin_client.post(address, {"old_until": f"{moment:%Y-%m-%d}T12:00"})
    new = OAuthClient.objects.exclude(pk=old.pk).get()
    assert new.client_id in shown.text
    assert "The old one is refused from" in shown.text
    revoke_oauth_client(client=old)
    assert admin_client.get(address).status_code == 302
