"""An MP's health: calls, errors, latency, messages and keys on one page, in few statements at any size."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.calls.models import Call, CallCount
from apps.integration.chart import HEIGHT, bars
from apps.integration.health import HOURS_SHOWN, Hour, health_of
from apps.providers.models import Provider
from apps.providers.services import create_credential, create_oauth_client
from apps.webhooks.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def counted(provider: Provider, calls: int, *, hours_ago: int = 0, **fields: Any) -> None:
    at = NOW - timedelta(hours=hours_ago)
    CallCount.objects.create(
        provider=provider,
        hour=at.replace(minute=0, second=0, microsecond=0),
        calls=calls,
        last_at=at,
        **{"endpoint": "bookings", "status": 200, "within_ms": 20, **fields},
    )


def called(provider: Provider, **fields: Any) -> Call:
    told = {"method": "POST", "path": "bookings", "endpoint": "bookings", "status": 201, "duration_ms": 12, **fields}
    return Call.objects.create(provider=provider, **told)


def message(provider: Provider, **fields: Any) -> None:
    told = {"subject": "CANCEL", "method": "POST", "path": "/bookings", "body": {}, **fields}
    OutboxMessage.objects.create(provider=provider, **told)


def address(provider: Provider) -> str:
    return reverse("admin:providers_provider_health", args=[provider.pk])


def test_calls_errors_and_latency_are_of_the_last_two_days(provider: Provider) -> None:
    counted(provider, 90, within_ms=20)
    counted(provider, 6, within_ms=100, hours_ago=1)
    counted(provider, 4, within_ms=5000, status=404, error_code=3204)
    counted(provider, 900, hours_ago=HOURS_SHOWN + 1)
    health = health_of(provider, now=NOW)
    assert (health.calls, health.failed, health.failed_percent) == (100, 4, 4.0)
    assert (health.latency.median_ms, health.latency.p95_ms) == (20, 100)
    assert [(error.code, error.times) for error in health.errors] == [(3204, 4)]
    assert len(health.hours) == HOURS_SHOWN
    assert [(hour.calls, hour.failed) for hour in health.hours[-2:]] == [(6, 0), (94, 4)]
    assert health.last_seen == NOW


def test_another_mps_calls_and_messages_are_not_among_them(provider: Provider, stranger: Any) -> None:
    counted(stranger.provider, 3, status=500, error_code=3005)
    called(stranger.provider)
    message(stranger.provider, state="FAILED")
    create_credential(provider=stranger.provider, label="soon", expires_at=NOW + timedelta(days=1))
    health = health_of(provider, now=NOW)
    assert (health.calls, health.last_seen, health.errors, health.recent, health.keys) == (0, None, [], [], [])
    assert (health.messages.waiting, health.messages.failed, health.messages.oldest) == (0, 0, None)
    assert (health.latency.median_ms, health.latency.p95_ms) == (None, None)


def test_messages_and_keys_that_need_somebody(provider: Provider) -> None:
    for state in ("PENDING", "PENDING", "FAILED", "DELIVERED"):
        message(provider, state=state)
    soon, later = NOW + timedelta(days=3), NOW + timedelta(days=90)
    create_credential(provider=provider, label="stays")
    create_credential(provider=provider, label="later", expires_at=later)
    create_credential(provider=provider, label="soon", expires_at=soon)
    create_oauth_client(provider=provider, name="sooner", expires_at=soon - timedelta(days=1))
    health = health_of(provider, now=NOW)
    assert (health.messages.waiting, health.messages.failed) == (2, 1)
    assert [str(key).split()[0] for key in health.keys] == ["sooner", "soon"]


def test_the_page_costs_the_same_for_none_few_and_many(provider: Provider, client: Client) -> None:
    user = get_user_model().objects.create_user("reader", password="x", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_provider", "view_call"]))
    client.force_login(user)
    counts = []
    for times in (0, 1, 40):
        for number in range(times):
            counted(provider, 2, status=400, error_code=1000 + number, within_ms=50 + times)
            called(provider, status=400, error_code=3002)
            message(provider, state="FAILED")
            create_credential(provider=provider, label="soon", expires_at=NOW + timedelta(days=1))
        client.get(address(provider))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(provider)).status_code == 200
        counts.append(len(queries))
    # One more where it has been silent: when was it seen before?
    assert counts[0] - 1 == counts[1] == counts[2] <= 13, counts


def test_an_mp_that_never_called_is_told_how_to_begin(provider: Provider, admin_client: Client) -> None:
    page = admin_client.get(address(provider)).text
    assert "Has not called yet." in page
    assert "/operator/ping" in page


def test_it_is_for_who_may_see_mps_and_their_calls(provider: Provider, client: Client) -> None:
    user = get_user_model().objects.create_user("reader", password="x", is_staff=True)
    client.force_login(user)
    permissions = Permission.objects.filter(codename__in=["view_provider", "view_call"])
    for permission, status in zip(permissions.order_by("-codename"), (403, 200), strict=True):
        assert client.get(address(provider)).status_code == 403
        user.user_permissions.add(permission)
        assert client.get(address(provider)).status_code == status
    assert client.get(reverse("admin:providers_provider_health", args=[0])).status_code == 404


def test_a_call_is_shown_whole_or_as_far_as_it_was_kept(provider: Provider, admin_client: Client) -> None:
    for body in ('{"id": "1"}', '{"id": "1…'):
        call = called(provider, request_body=body, request_id="d3adb33f")
        page = admin_client.get(reverse("admin:calls_call_change", args=[call.pk])).text
        assert "id&quot;: &quot;1" in page
    found = admin_client.get(reverse("admin:calls_call_changelist"), {"q": "d3adb33f", "outcome": "well"})
    assert found.context["cl"].result_count == 2


def test_a_single_failure_among_thousands_can_be_seen() -> None:
    (bar,) = bars([Hour(NOW, 10_000, 1)])
    assert bar.failed_height == 2
    assert bar.well_from + bar.well_height == bar.failed_from == HEIGHT - 2
