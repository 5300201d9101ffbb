"""Every page of the admin opens, for who may see it, in a fixed number of statements."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.urls import reverse

from apps.fleet.models import BulkChange
from apps.history.models import Transition
from apps.webhooks.models import OutboxMessage
from tests.one_of_everything import one_of_everything
from tests.tomp_client import TompClient

OURS = sorted(
    (model for model in admin.site._registry if model.__module__.startswith("apps.")),
    key=lambda model: model._meta.label,
)
ADDED_BY_STAFF = {
    "Alert",
    "Ancillary",
    "Asset",
    "AssetType",
    "Damage",
    "LockGateway",
    "ParkedCar",
    "Ticket",
    "PricingPlan",
    "PricingRule",
    "ProcessProfile",
    "Provider",
    "RefundLimit",
    "Region",
    "Station",
    "SystemCalendar",
    "SystemHours",
    "TelemetryKey",
}


@pytest.fixture
def ridden(mp: TompClient, asset: Any) -> str:
    """A booking whose ride is over, one cancelled by staff, and one of everything around them."""
    return one_of_everything(mp, asset)


def page(model: type[models.Model], name: str, *args: Any) -> str:
    """The address of an admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_and_details_open(ridden: str, admin_client: Client, model: type[models.Model]) -> None:
    row = model._default_manager.first()
    assert row is not None
    listed = admin_client.get(page(model, "changelist"), follow=True)
    assert listed.status_code == 200
    searched = admin_client.get(page(model, "changelist"), {"q": "nothing of that kind"}, follow=True)
    assert searched.status_code == 200
    shown = admin_client.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert 'name="state"' not in shown.text


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_only_what_staff_make_can_be_added(operator: Any, admin_client: Client, model: type[models.Model]) -> None:
    answer = admin_client.get(page(model, "add"))
    assert answer.status_code == (200 if model.__name__ in ADDED_BY_STAFF else 403)


@pytest.mark.parametrize(
    "name", ["Booking", "Leg", "JournalEntry", "Transition", "OutboxMessage", "Credential", "OAuthClient"]
)
def test_records_are_neither_edited_nor_deleted(ridden: str, admin_client: Client, name: str) -> None:
    model = next(model for model in OURS if model.__name__ == name)
    row = model._default_manager.first()
    assert row is not None
    assert admin_client.post(page(model, "change", row.pk), {"comment": "x"}).status_code == 403
    assert admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


def test_first_page_leads_everywhere(ridden: str, admin_client: Client) -> None:
    text = admin_client.get(reverse("admin:index")).text
    # The assets of a bulk change are reached from its page, where they are counted.
    text += admin_client.get(page(BulkChange, "change", BulkChange.objects.get().pk)).text
    for model in OURS:
        assert page(model, "changelist") in text


def test_staff_see_only_what_they_may(ridden: str, client: Client) -> None:
    user = get_user_model().objects.create_user("reader", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_booking"))
    client.force_login(user)
    assert client.get(reverse("admin:bookings_booking_change", args=[ridden])).status_code == 200
    assert client.get(reverse("admin:providers_provider_changelist")).status_code == 403
    index = client.get(reverse("admin:index")).text
    assert reverse("admin:bookings_booking_changelist") in index
    assert reverse("admin:providers_provider_changelist") not in index


def test_times_are_the_operators(ridden: str, admin_client: Client) -> None:
    message = OutboxMessage.objects.get()
    Transition.objects.first()
    OutboxMessage.objects.filter(pk=message.pk).update(created_at="2026-07-01T10:00:00Z")
    address = reverse("admin:webhooks_outboxmessage_change", args=[message.pk])
    assert "1 Jul 2026 12:00:00" in admin_client.get(address).text
