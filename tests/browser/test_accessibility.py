"""axe-core on the pages staff work with, in light and dark: nothing serious."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from apps.assets.models import Asset
from apps.customers.models import CustomerAccount
from apps.fleet.models import BulkAction, BulkChange
from apps.fleet.services import begin, draft
from apps.fleet.working import run_due
from tests import factories
from tests.rides import confirmed, leg_that_is

pytestmark = pytest.mark.django_db(transaction=True)

GRAVE = {"serious", "critical"}


def list_of(kind: str) -> Callable[[str], str]:
    return lambda leg: reverse(f"admin:{kind}_changelist")


PAGES: dict[str, Callable[[str], str]] = {
    "index": lambda leg: reverse("admin:index"),
    "find": lambda leg: reverse("find") + "?q=utrecht",
    "bookings": list_of("bookings_booking"),
    "a booking": lambda leg: reverse("admin:bookings_booking_change", args=[leg]),
    "a leg": lambda leg: reverse("admin:legs_leg_change", args=[leg]),
    "correcting": lambda leg: reverse("admin:legs_leg_do", args=[leg, "correct"]),
    "assets": list_of("assets_asset"),
    "bulk changes": list_of("fleet_bulkchange"),
    "what became of assets": list_of("fleet_bulkchangeasset"),
    "a bulk change": lambda leg: reverse("admin:fleet_bulkchange_change", args=[BulkChange.objects.earliest("pk").pk]),
    "beginning one": lambda leg: reverse("admin:fleet_bulkchange_begin", args=[BulkChange.objects.latest("pk").pk]),
    "support requests": list_of("support_supportrequest"),
    "customers": list_of("customers_customeraccount"),
    "journal": list_of("payments_journalentry"),
    "changes by staff": list_of("history_change"),
}


def findings(page: Page) -> list[str]:
    """The grave ones: what, and where it stands."""
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:3]}"
        for one in violations
        if one["impact"] in GRAVE
    ]


@pytest.mark.soak
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_keeps_anybody_out(mp: Any, asset: Any, page: Page, theme: str) -> None:
    leg = leg_that_is(mp, asset, "FINISHED")
    CustomerAccount.objects.create(provider=mp.provider, external_id="their-7")
    ended = draft(action=BulkAction.MAINTENANCE, asset_ids=[asset.pk], asked_by="hanna")
    begin(change_id=ended.pk, asked_by="hanna", reason="spring check")
    run_due()
    confirmed(mp, factories.AssetFactory())
    promised = Asset.objects.filter(state="RESERVED").values_list("pk", flat=True)
    draft(action=BulkAction.MAINTENANCE, asset_ids=[asset.pk, *promised], asked_by="admin")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    found = {}
    for name, address in PAGES.items():
        page.goto(address(leg))
        page.wait_for_load_state("networkidle")
        if grave := findings(page):
            found[name] = grave
    assert found == {}
