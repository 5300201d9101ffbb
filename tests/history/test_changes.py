"""What staff change is noted by the database, before and after, and nobody can change the note."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.assets.locks.models import LockGateway
from apps.assets.models import Asset
from apps.customers.models import CustomerAccount
from apps.history.auditing import staff_named
from apps.history.models import Change
from apps.stations.models import Station
from tests import factories
from tests.admin_forms import opened

pytestmark = pytest.mark.django_db

# What nobody changes in the admin, or what is a record by itself.
RECORDS = {
    "backoffice_waiting_file",
    "django_admin_log",
    "auth_permission",
    "django_content_type",
    "django_session",
    "oauth2_provider_grant",
    "oauth2_provider_accesstoken",
    "oauth2_provider_refreshtoken",
    "oauth2_provider_idtoken",
    "oauth2_provider_devicegrant",
    "history_transition",
    "history_change",
    "history_pressedbutton",
    "tomp_idempotentanswer",
    "tomp_requestcount",
    "revisions_revision",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accesslog",
    "axes_accessfailurelog",
    "otp_static_statictoken",
    "integration_golivecheck",
    "fleet_bulkchange",
    "fleet_bulkchangeasset",
    "fleet_labelsheets",
    "calls_call",
    "calls_callcount",
    "assets_simulatedlock",
    "assets_reservation",
    "assets_ancillaryreservation",
    "telemetry_trailpoint",
    "planning_offer",
    "planning_offerleg",
    "bookings_purgedbooking",
    "bookings_notification",
    "webhooks_outboxmessage",
    "webhooks_deliveryattempt",
    "payments_journalentry",
    "payments_journalfinding",
    "legs_replacement",
    "legs_legevent",
    "legs_lockcommand",
    "support_supportstatus",
    "operations_taskrun",
    "legs_correction",
}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("hanna"))
    return client


def test_every_table_is_noted_or_a_record_itself() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_change_is_noted'")
        noted = {table for (table,) in cursor.fetchall()}
        tables = set(connection.introspection.table_names(cursor)) - {"django_migrations"}
    assert tables - noted == RECORDS


def test_an_edit_is_noted_with_what_was_and_what_is(staff: Client) -> None:
    station = factories.StationFactory(station_id="s1", capacity=4)
    address, sent = opened(staff, station)
    assert staff.post(address, {**sent, "capacity": "9"}).status_code == 302
    change = Change.objects.get(subject_table="stations_station")
    assert (change.staff, change.kind, change.subject_id) == ("hanna", "UPDATE", str(station.pk))
    assert (change.before, change.after) == ({"capacity": 4}, {"capacity": 9})
    history = staff.get(reverse("admin:stations_station_history", args=[station.pk]), follow=True)
    assert history.status_code == 200
    assert b"hanna" in history.content
    assert b"4 \xe2\x86\x92 9" in staff.get(reverse("admin:history_change_change", args=[change.pk])).content


def test_bulk_changes_and_deletions_are_noted_too() -> None:
    stations = [factories.StationFactory() for _ in range(3)]
    with staff_named("hanna"):
        Station.objects.update(capacity=1)
        stations[0].delete()
    assert list(Change.objects.order_by("id").values_list("kind", flat=True)) == ["UPDATE"] * 3 + ["DELETE"]
    assert Change.objects.latest("id").before["station_id"] == stations[0].station_id


def test_without_staff_nothing_is_noted(asset: Asset) -> None:
    with staff_named("hanna"):
        pass
    Asset.objects.update(state_of_charge=50)
    with staff_named("hanna"):
        Asset.objects.update(state_of_charge=50)
    assert not Change.objects.exists()


def test_what_is_personal_is_not_copied() -> None:
    account = CustomerAccount.objects.create(provider=factories.ProviderFactory(), email="ada@example.org")
    with staff_named("hanna"):
        CustomerAccount.objects.filter(pk=account.pk).update(email="eve@example.org")
    change = Change.objects.get()
    assert (change.before, change.after) == ({"email": "…"}, {"email": "…"})


def test_a_note_cannot_be_changed_or_deleted(staff: Client) -> None:
    with staff_named("hanna"):
        factories.StationFactory()
    for act in (lambda: Change.objects.update(staff="eve"), lambda: Change.objects.all().delete()):
        with pytest.raises(IntegrityError, match="history_change rows are never changed"), transaction.atomic():
            act()
    note = Change.objects.first()
    assert staff.post(reverse("admin:history_change_delete", args=[note.pk]), {"post": "yes"}).status_code == 403
    assert staff.post(reverse("admin:history_change_change", args=[note.pk]), {"staff": "eve"}).status_code == 403


def test_a_request_that_failed_leaves_no_name_behind(staff: Client) -> None:
    station = factories.StationFactory(capacity=4)
    with pytest.raises(RuntimeError), staff_named("hanna"):
        raise RuntimeError
    Station.objects.filter(pk=station.pk).update(capacity=5)
    assert not Change.objects.exists()


def test_a_secret_that_stays_is_no_change(operator: Any, admin_client: Client) -> None:
    """It is encrypted anew whenever it is written."""
    endpoint = factories.CallbackEndpointFactory(secret="theirs", signing_key="ours")
    gateway = LockGateway.objects.create(name="Gate", kind="HTTP", address="https://locks.example", secret="gate")

    def saved(row: Any, **typed: str) -> list[tuple[str, set[str]]]:
        before = Change.objects.count()
        address, sent = opened(admin_client, row)
        assert admin_client.post(address, {**sent, **typed}).status_code == 302
        return [(one.subject_table, set(one.after)) for one in Change.objects.order_by("pk")[before:]]

    provider, inline = endpoint.provider, "callback_endpoint-0"
    assert saved(provider) == saved(gateway) == []
    assert saved(provider, name="New name") == [("providers_provider", {"name"})]
    moved = {f"{inline}-base_url": "https://new.example"}
    assert saved(provider, **moved) == [("providers_callbackendpoint", {"base_url"})]
    assert saved(provider, **{f"{inline}-secret": "new"}) == [("providers_callbackendpoint", {"secret"})]
    assert saved(gateway, name="Gate 2") == [("assets_lockgateway", {"name"})]
    assert saved(gateway, secret="new") == [("assets_lockgateway", {"secret"})]
    endpoint.refresh_from_db()
    gateway.refresh_from_db()
    assert (endpoint.secret, endpoint.signing_key, gateway.secret) == ("new", "ours", "new")
