"""Every page of the admin opens, for who may see it, in a fixed number of statements."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assets.locks.models import LockGateway
from apps.bookings.models import Booking
from apps.bookings.services import cancel
from apps.calls.models import Call
from apps.history.auditing import staff_named
from apps.history.models import Transition
from apps.integration.services import ask
from apps.legs.models import LockCommand
from apps.operations.models import TaskRun
from apps.payments.invoicing import close_invoices
from apps.payments.models import Claim, JournalFinding, RefundLimit
from apps.processes.models import ProcessProfile
from apps.processes.services import save_draft
from apps.providers.services import create_oauth_client
from apps.telemetry.keys import create_key
from apps.webhooks.models import OutboxMessage
from tests import factories, rides
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
    factories.CallbackEndpointFactory(provider=mp.provider)
    factories.ParkedCarFactory()
    create_oauth_client(provider=mp.provider, name="production")
    factories.StationFactory(region=factories.RegionFactory())
    factories.AssetIdentifierFactory(asset=asset)
    factories.TicketFactory()
    factories.MaintenanceJobFactory(asset=asset, damage=factories.DamageFactory(asset=asset))
    factories.AncillaryFactory()
    factories.AlertFactory(stations=[factories.StationFactory()])
    factories.SystemHoursFactory()
    factories.PricingRuleFactory()
    factories.SystemCalendarFactory()
    LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    now = timezone.now()
    LockCommand.objects.create(asset=asset, order="LOCK", event="PAUSE", state="JAMMED", settled_at=now, look_at=now)
    ProcessProfile.objects.create(provider=mp.provider)
    save_draft(provider=mp.provider, document=factories.MAP_CENTRIC)
    mp.post("/customers", {"lastName": "Doe"})
    create_key(label="scooters")
    ask(provider=mp.provider, asked_by="hanna")
    Call.objects.create(provider=mp.provider, method="GET", path="legs", status=200, duration_ms=3)
    TaskRun.objects.create(task="apps.planning.tasks.purge_offers", ended_at=now, worker="one")
    finished = rides.leg_that_is(mp, asset, "FINISHED")
    mp.post("/support/", {"id": finished, "comment": "Where is my glove?"})
    cancel(booking_id=rides.confirmed(mp, asset), actor=rides.STAFF, reason="broken")
    close_invoices(provider=mp.provider, until=timezone.now())
    booking = Booking.objects.get(pk=finished)
    JournalFinding.objects.create(booking=booking, rule="every ride is paid for", subject="leg", problem="is not")
    RefundLimit.objects.create(role=Group.objects.create(name="Desk"), currency="EUR", amount=10)
    money = {"amount": 1, "amount_ex_vat": 1, "currency": "EUR", "vat_rate": 0, "vat_country": "NL"}
    told = {"journal_id": finished, "claimant": "MP", "category": "FINE", "description": "A fine", **money}
    Claim.objects.create(booking=booking, **told)
    with staff_named("hanna"):
        LockGateway.objects.update(name="Other locks")
    return finished


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


def test_first_page_leads_everywhere(operator: Any, admin_client: Client) -> None:
    text = admin_client.get(reverse("admin:index")).text
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
