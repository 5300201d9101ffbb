"""The pages of bulk changes: who gets to see and do what, and what their forms refuse."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.assets import admin_bulk
from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.fleet.models import BulkChange
from apps.fleet.working import run_due
from tests import factories
from tests.rides import confirmed, everything
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
LIST = "admin:assets_asset_changelist"
SHOWN = "1"  # the first page with bookings


def of(role: str) -> Client:
    client = Client()
    client.force_login(of_role(role))
    return client


@pytest.fixture
def manager(operator: Any) -> Client:
    ship_roles()
    return of("Fleet manager")


def choose(client: Client, *assets: Asset, action: str = "start_maintenance", **more: str) -> Any:
    """What the list answers to an action on `assets`."""
    sent = {"action": action, "_selected_action": [str(asset.pk) for asset in assets], **more}
    return client.post(reverse(LIST) + more.pop("query", ""), sent)


def test_choosing_leads_to_what_it_would_come_to_and_from_there_to_its_progress(
    manager: Client, mp: TompClient
) -> None:
    free, promised = factories.AssetFactory(code="A"), factories.AssetFactory(code="B")
    booking = confirmed(mp, promised)
    before = everything()
    address = choose(manager, free, promised).headers["Location"]
    page = manager.get(address)
    assert booking[:8] in page.text
    assert mp.provider.name in page.text
    assert (page.context["consequences"].unpromised, page.context["consequences"].promised) == (1, 1)
    assert f'name="shown" value="{SHOWN}"' in page.text
    assert manager.post(address, {"bookings": "keep", "shown": SHOWN}).context["form"].errors == {
        "reason": ["This field is required."]
    }
    assert everything() == before
    begun = manager.post(address, {"reason": "spring check", "bookings": "keep", "shown": SHOWN})
    progress = begun.headers["Location"]
    assert manager.get(progress).headers["Refresh"] == "2"
    assert manager.get(address).headers["Location"] == progress, "it has begun"
    run_due()
    ended = manager.get(progress)
    assert "Refresh" not in ended.headers
    assert 'aria-valuenow="2"' in ended.text
    assert "2 of 2" in ended.text
    change = BulkChange.objects.get()
    left = manager.get(
        reverse("admin:fleet_bulkchangeasset_changelist"), {"change__id__exact": change.pk, "why__exact": "PROMISED"}
    )
    assert left.context["cl"].result_count == 1
    csv = b"".join(
        manager.get(reverse("admin:fleet_bulkchangeasset_download"), {"change__id__exact": change.pk}).streaming_content
    ).decode()
    assert booking in csv
    assert len(csv.splitlines()) == 3


def test_bookings_are_cancelled_only_where_that_was_chosen(manager: Client, mp: TompClient, asset: Asset) -> None:
    booking = confirmed(mp, asset)
    address = choose(manager, asset).headers["Location"]
    assert booking[:8] in manager.get(address).text
    manager.post(address, {"reason": "broken wheels", "bookings": "cancel", "shown": SHOWN})
    run_due()
    assert Booking.objects.get().state == "CANCELLED"


def test_what_was_not_sent_as_it_was_shown_is_refused(manager: Client, mp: TompClient, asset: Asset) -> None:
    confirmed(mp, asset)
    address = choose(manager, asset).headers["Location"]
    before = everything()
    manager.get(address)
    for shown in ("no-number", "7", ""):
        answer = manager.post(address, {"reason": "x", "bookings": "cancel", "shown": shown})
        assert "other bookings were shown" in answer.text
        assert f'name="shown" value="{SHOWN}"' in answer.text
    run_due()
    assert everything() == before


def test_a_booking_that_came_while_the_page_was_read_is_not_cancelled(
    manager: Client, mp: TompClient, asset: Asset
) -> None:
    address = choose(manager, asset).headers["Location"]
    manager.get(address)
    booking = confirmed(mp, asset)
    answer = manager.post(address, {"reason": "x"})
    assert "bookings" in answer.context["form"].errors, "it is shown now, and asked about"
    assert booking[:8] in answer.text
    run_due()
    assert Booking.objects.get().state == "CONFIRMED"


def test_all_that_match_the_filter_are_chosen(manager: Client) -> None:
    for number in range(60):
        factories.AssetFactory(code=f"B{number:03}")
    other = factories.AssetFactory(code="C1")
    sent = {"action": "report_missing", "select_across": "1", "_selected_action": [str(Asset.objects.first().pk)]}
    manager.post(reverse(LIST) + "?q=B", sent)
    change = BulkChange.objects.get()
    assert (change.total, change.action) == (60, "report_missing")
    assert not change.assets.filter(asset=other).exists()


def test_more_than_are_changed_at_once_are_refused(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_bulk, "MOST_ASSETS", 2)
    answer = choose(manager, *(factories.AssetFactory() for _ in range(3)))
    assert answer.headers["Location"].startswith(reverse(LIST))
    assert "At most 2 assets" in manager.get(reverse(LIST)).text
    assert not BulkChange.objects.exists()


def test_labels_are_shown_when_they_are_drawn(manager: Client, asset: Asset) -> None:
    address = choose(manager, asset, action="print_labels").headers["Location"]
    page = manager.get(address)
    assert set(page.context["form"].fields) == {"layout", "codes"}
    manager.post(address, {"layout": "SHEETS", "codes": "make"})
    change = BulkChange.objects.get()
    labels = reverse("admin:fleet_bulkchange_labels", args=[change.pk])
    assert manager.get(labels).status_code == 404
    run_due()
    assert labels in manager.get(reverse("admin:fleet_bulkchange_change", args=[change.pk])).text
    assert manager.get(labels).headers["Content-Type"] == "application/pdf"
    assert of("Auditor").get(labels).status_code == 200
    assert of("Support desk").get(labels).status_code == 403


@pytest.mark.parametrize("role", ["Support desk", "Integration manager", "Finance", "Auditor"])
def test_who_may_not_change_one_asset_may_not_change_many(manager: Client, asset: Asset, role: str) -> None:
    stranger = of(role)
    choose(stranger, asset)
    assert not BulkChange.objects.exists()
    address = choose(manager, asset).headers["Location"]
    assert stranger.get(address).status_code == 403
    assert stranger.post(address, {"reason": "x"}).status_code == 403
    manager.post(address, {"reason": "x"})
    change = BulkChange.objects.get()
    assert stranger.post(reverse("admin:fleet_bulkchange_do", args=[change.pk, "stop"])).status_code == 403
    change.refresh_from_db()
    assert change.state == "RUNNING"


def test_anothers_draft_is_nobodys_business(manager: Client, asset: Asset, admin_client: Client) -> None:
    address = choose(manager, asset).headers["Location"]
    assert admin_client.get(address).status_code == 404
    assert admin_client.post(address, {"reason": "x"}).status_code == 404
    assert admin_client.get(reverse("admin:fleet_bulkchange_changelist")).context["cl"].result_count == 0
    assert admin_client.get(reverse("admin:fleet_bulkchangeasset_changelist")).context["cl"].result_count == 0


def test_lists_read_no_keys_of_bookings(manager: Client, asset: Asset) -> None:
    manager.post(choose(manager, asset).headers["Location"], {"reason": "x"})
    with CaptureQueriesContext(connection) as queries:
        for name in ("bulkchange", "bulkchangeasset"):
            assert manager.get(reverse(f"admin:fleet_{name}_changelist")).context["cl"].result_count == 1
    assert not [query for query in queries if '"seen"' in query["sql"]]


def test_assets_of_the_latest_bulk_change_are_listed_first(manager: Client) -> None:
    for code in "ABC":
        manager.post(choose(manager, factories.AssetFactory(code=code)).headers["Location"], {"reason": "x"})
    page = manager.get(reverse("admin:fleet_bulkchangeasset_changelist"))
    assert [row.asset.code for row in page.context["cl"].result_list] == ["C", "B", "A"]


def test_the_stop_button_stops_it(manager: Client, asset: Asset) -> None:
    manager.post(choose(manager, asset).headers["Location"], {"reason": "x"})
    change = BulkChange.objects.get()
    page = manager.post(reverse("admin:fleet_bulkchange_do", args=[change.pk, "stop"]), follow=True)
    assert "The bulk change is stopped." in page.text
    assert "by fleet-manager." in page.text
    before = everything()
    run_due()
    assert everything() == before


def test_what_it_would_come_to_costs_the_same_for_few_and_for_many(manager: Client) -> None:
    kind = factories.AssetTypeFactory()
    counts = []
    for number in (2, 40):
        assets = [factories.AssetFactory(asset_type=kind) for _ in range(number)]
        address = choose(manager, *assets).headers["Location"]
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25, counts


@pytest.mark.parametrize("forged", ["x", "1; drop", "9" * 40, "", "\x00"])
def test_a_tick_that_is_no_row_is_refused_in_words(manager: Client, forged: str) -> None:
    asset = factories.AssetFactory()
    sent = {"action": "start_maintenance", "_selected_action": [str(asset.pk), forged]}
    answer = manager.post(reverse(LIST), sent, follow=True)
    assert answer.status_code == 200
    assert "What was ticked is not in this list. Nothing was done." in answer.text
    assert not BulkChange.objects.exists()
