"""The fleet manager: an asset goes to the workshop and comes back, as its page and an MP see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.assets.maintenance.services import Plan, plan
from apps.assets.models import Asset
from apps.telemetry.models import TrailPoint
from tests import factories
from tests.browser.pictures import pictured
from tests.rides import HERE, STAFF, at, confirmed
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)


def is_offered(mp: TompClient) -> bool:
    return bool(mp.get("/operator/available-assets").body)


def test_an_asset_is_not_offered_from_the_start_of_a_job_to_its_end(mp: TompClient, asset: Asset, page: Page) -> None:
    page.goto(f"/admin/assets/asset/{asset.pk}/change/")
    expect(page.locator(".asset-hire")).to_contain_text("This asset can be hired now.")
    page.get_by_role("link", name="Plan maintenance").click()
    page.get_by_label("What is to be done").fill("New brake pads")
    page.get_by_role("button", name="Plan maintenance").click()
    expect(page.locator("body")).to_contain_text("The job is planned.")
    assert is_offered(mp)
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Reason").fill("It squeaks")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("body")).to_contain_text("The job runs")
    assert not is_offered(mp)
    page.goto(f"/admin/assets/asset/{asset.pk}/change/")
    expect(page.locator(".asset-hire")).to_contain_text("This asset cannot be hired now.")
    page.locator(".asset-hire").get_by_role("link", name="New brake pads").click()
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Done").click()
    expect(page.locator("body")).to_contain_text("The job is done.")
    assert is_offered(mp)


PICTURE = "static/leaflet/images/layers.png"


def test_the_page_of_an_asset_fits_every_screen(mp: TompClient, asset: Asset, page: Page, live_server: Any) -> None:
    now = timezone.now()

    def hours(number: float) -> Any:
        return now + timedelta(hours=number)

    for start, end in ((20, 26), (60, 64)):
        confirmed(mp, asset, departureTime=at(hours(start)), arrivalTime=at(hours(end)), to=HERE)
    damage = factories.DamageFactory(asset=asset, component_name="light", pictures=[f"{live_server.url}/{PICTURE}"])
    for minute in range(12):
        where = {"latitude": asset.latitude + minute * 0.0006, "longitude": asset.longitude + minute % 4 * 0.0009}
        TrailPoint.objects.create(asset=asset, at=hours(-1) + timedelta(minutes=minute), in_use=True, **where)
    for wanted in (
        Plan("Yearly inspection", hours(40), hours(46), blocks_hire=True),
        Plan("Replace the rear light", hours(2), hours(8), damage_id=damage.pk),
        Plan("Repaint", hours(100), None, blocks_hire=True),
    ):
        plan(asset_id=asset.pk, wanted=wanted, actor=STAFF)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/admin/assets/asset/{asset.pk}/change/")
    expect(page.locator(".asset-ahead .bar")).to_have_count(5)
    expect(page.locator("#asset-map path.point")).to_have_count(12)
    pictured(page, "asset")
    assert not any(PICTURE in address for address in asked), "nobody has asked for a picture yet"
    page.get_by_role("button", name="Show them here").click()
    expect(page.locator(".backoffice-pictures img")).to_have_attribute("referrerpolicy", "no-referrer")
    assert any(PICTURE in address for address in asked)
