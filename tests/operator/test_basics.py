"""What is needed of the operator everywhere: one read, with one fallback before staff have described it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.operator.selectors import UNDESCRIBED, Basics, operator_basics
from apps.providers.models import Provider
from apps.webhooks.outgoing import build_request
from apps.webhooks.services import enqueue
from tests import factories
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def test_before_the_operator_is_described(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert operator_basics() == UNDESCRIBED == Basics("", ("en",), "UTC")


def test_the_described_operator(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    factories.OperatorFactory(system_id="BIKES", languages=["nl", "en"], time_zone="Europe/Amsterdam")
    with django_assert_num_queries(1):
        assert operator_basics() == Basics("BIKES", ("nl", "en"), "Europe/Amsterdam")


def test_calls_pages_and_messages_do_without_a_description(client: Client) -> None:
    provider = factories.ProviderFactory()
    answer = TompClient(provider).get("/operator/meta", headers={"Accept-Language": "fy"})
    assert (answer.status, answer.headers["Content-Language"]) == (200, "en")
    factories.CallbackEndpointFactory(provider=provider)
    assert sent_headers(provider)["Accept-Language"] == "en"
    assert sent_headers(provider)["maas-id"] == ""
    client.force_login(factories.staff_user())
    assert client.get("/admin/").status_code == 200


def test_calls_and_messages_speak_the_default_language(operator: Any, provider: Provider) -> None:
    operator.languages = ["nl", "en"]
    operator.save(update_fields=["languages"])
    answer = TompClient(provider).get("/operator/meta", headers={"Accept-Language": "fy"})
    assert answer.headers["Content-Language"] == "nl"
    factories.CallbackEndpointFactory(provider=provider)
    assert sent_headers(provider)["Accept-Language"] == "nl"
    assert sent_headers(provider)["maas-id"] == operator.system_id


def sent_headers(provider: Provider) -> dict[str, str]:
    booking = factories.BookingFactory(provider=provider)
    message = enqueue(booking=booking, subject="COMMIT", path=f"/bookings/{booking.pk}/events", body={})
    return build_request(message).headers
