"""A task of each trade, from the log-in to its result and to what the MP makes of it.

The support desk's is in `test_support_desk.py`.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import Browser, expect

from apps.backoffice.models import LoginRule
from apps.history.auditing import staff_named
from apps.history.models import ActorKind, Change
from apps.history.services import Actor
from apps.legs.correcting import Truth, correct
from apps.legs.models import Leg
from apps.payments.models import Invoice
from apps.processes.services import save_draft
from apps.webhooks.delivery import deliver_due
from tests import factories
from tests.browser.conftest import PASSWORD, logged_in_as, set_up_second_factor
from tests.mp_server import MpServer
from tests.payments.test_claims_received import claimed
from tests.rides import confirmed, event, everything, leg_that_is, offer
from tests.tomp_client import TompClient

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
pytestmark = pytest.mark.django_db(transaction=True)


def is_offered(mp: TompClient) -> bool:
    """Does the MP see any asset that can be hired?"""
    return bool(mp.get("/operator/available-assets").body)


def delivered(mp: TompClient, count: int) -> dict[str, Any]:
    """What reaches the MP's own server of all that waits for it: the bodies by path."""
    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        deliver_due()
        server.wait_for_requests(count)
        return {one.path.removeprefix("/tomp"): json.loads(one.body) for one in server.received}


def test_a_fleet_manager_takes_a_promised_bike_to_the_workshop_and_back(
    browser: Browser, live_server: Any, mp: TompClient, asset: Any
) -> None:
    booking = confirmed(mp, asset)
    page = logged_in_as(browser, live_server, "Fleet manager")
    page.goto(f"/admin/assets/asset/{asset.pk}/change/")
    page.get_by_text("Take out of service").click()
    page.get_by_role("link", name="Into maintenance").click()
    expect(page.locator("body")).to_contain_text(f"Promised to booking {booking[:8]}")
    page.get_by_label("Cancel, and tell the provider the reason").check()
    page.locator("[name=reason]").fill("The frame is cracked")
    page.get_by_role("button", name="Into maintenance").click()
    expect(page.locator("body")).to_contain_text("The asset is in maintenance.")
    told = delivered(mp, 1)[f"/bookings/{booking}/events"]
    assert (told["operation"], told["reason"]) == ("CANCEL", "The frame is cracked")
    assert mp.get(f"/bookings/{booking}").body["state"] == "CANCELLED"
    assert not is_offered(mp)

    page.get_by_role("link", name="Return to service").click()
    page.get_by_label("Reason").fill("It has another frame")
    page.get_by_role("button", name="Return to service").click()
    expect(page.locator("body")).to_contain_text("The asset is in service again.")
    assert is_offered(mp)
    page.context.close()


def test_an_integration_manager_makes_an_mp_ready(
    browser: Browser, live_server: Any, mp: TompClient, asset: Any
) -> None:
    draft = save_draft(provider=mp.provider, document=factories.MAP_CENTRIC)
    page = logged_in_as(browser, live_server, "Integration manager")
    page.goto(f"/admin/processes/processprofile/{draft.pk}/change/")
    page.get_by_role("checkbox", name="AUTO_COMMIT", exact=True).check()
    page.get_by_role("button", name="Publish …").click()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator("body")).to_contain_text("Version 2 is in force")

    page.goto(f"/admin/providers/credential/{mp.provider.credentials.get().pk}/change/")
    page.get_by_role("link", name="Roll over").click()
    page.get_by_role("button", name="Roll over").click()
    new = {"X-API-Key": page.locator("#new-key").inner_text()}
    for headers in ({}, new):
        assert "AUTO_COMMIT" in json.dumps(mp.get("/operator/meta", headers=headers).body)
    booked = mp.post("/bookings", {"id": offer(mp, asset)}, headers=new)
    assert booked.body["state"] == "CONFIRMED", "the MP need not commit any more"

    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        page.goto(f"/admin/providers/provider/{mp.provider.pk}/health/")
        page.get_by_role("button", name="Test callback").click()
        expect(page.locator("#probe")).to_contain_text("It works")
        assert [one.path for one in server.received] == ["/tomp/operator/ping"]
    page.context.close()


def test_finance_decides_on_a_claim_and_closes_an_invoice(
    browser: Browser, live_server: Any, mp: TompClient, asset: Any
) -> None:
    ride = leg_that_is(mp, asset, "FINISHED")
    assert claimed(mp, ride).status == 200
    page = logged_in_as(browser, live_server, "Finance")
    page.locator(".kind", has_text="Claims to decide").locator("li a").click()
    expect(page.locator("body")).to_contain_text("The lamp did not work.")
    page.get_by_role("link", name="Accept").click()
    page.get_by_label("Reason").fill("The lamp was off")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("body")).to_contain_text("The claim is accepted, and in the journal.")
    told = delivered(mp, 1)[f"/payment/{ride}/claim-extra-costs"]
    assert (told["category"], told["amount"], told["description"]) == ("CREDIT", -0.5, "The lamp was off")

    page.goto(f"/admin/providers/provider/{mp.provider.pk}/change/")
    page.get_by_role("link", name="Close invoices").click()
    now = timezone.localtime(timezone=AMSTERDAM)
    page.get_by_label("Until").fill(now.isoformat(timespec="milliseconds")[:23])
    page.get_by_role("button", name="Close invoices").click()
    expect(page.locator("body")).to_contain_text("2 entries")
    number = Invoice.objects.get().number
    page.goto("/admin/payments/invoice/")
    page.get_by_role("link", name=number, exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"{number}.csv").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert (len(lines), "FARE" in lines[1], "CREDIT" in lines[2]) == (3, True, True)
    entries = mp.get("/payment/journal-entry").body
    assert [(one["category"], one["state"], one["invoiceId"]) for one in entries] == [
        ("FARE", "INVOICED", number),
        ("CREDIT", "INVOICED", number),
    ]
    page.context.close()


def test_an_auditor_finds_who_corrected_a_ride_and_can_press_nothing(
    browser: Browser, live_server: Any, mp: TompClient, asset: Any
) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False) as clock:
        leg = confirmed(mp, asset)
        event(mp, leg, "SET_IN_USE")
        clock.shift(timedelta(minutes=20))
        event(mp, leg, "FINISH")
    ride = Leg.objects.get(pk=leg)
    assert ride.actual_arrival_time is not None
    truth = Truth(arrival=ride.actual_arrival_time - timedelta(minutes=10))
    with staff_named("hanna"):
        correct(leg_id=ride.pk, truth=truth, actor=Actor(ActorKind.TO, "hanna"), reason="the app was stuck")
    left = everything()

    page = logged_in_as(browser, live_server, "Auditor")
    page.goto(f"/admin/legs/leg/{leg}/change/")
    expect(page.locator("body")).to_contain_text("Finished")
    nothing = page.locator("a[href*='/do/'], [name=_save], a.deletelink")
    assert nothing.count() == 0
    page.goto("/admin/history/change/")
    page.locator("#searchbar").fill(leg)
    page.keyboard.press("Enter")
    page.locator("#result_list tr", has_text="final_fare").get_by_role("link").first.click()
    shown = page.locator("body")
    expect(shown).to_contain_text("hanna")
    noted = Change.objects.filter(subject_table="legs_leg", subject_id=leg, after__has_key="final_fare").latest("id")
    assert noted.before["actual_arrival_time"] != noted.after["actual_arrival_time"]
    expect(shown).to_contain_text(f"{noted.before['actual_arrival_time']} → {noted.after['actual_arrival_time']}")
    assert nothing.count() == 0
    page.goto(f"/admin/bookings/booking/{ride.booking_id}/change/")
    expect(shown).to_contain_text("the app was stuck")
    assert nothing.count() == 0
    assert everything() == left
    page.context.close()


def test_an_administrator_gives_a_colleague_a_role_and_they_see_no_more_than_it(
    browser: Browser, live_server: Any, operator: Any
) -> None:
    page = logged_in_as(browser, live_server, "Administrator")
    role = Group.objects.get(name="Finance")
    LoginRule.objects.create(role=role, second_factor=True)
    page.goto("/admin/auth/user/add/")
    page.locator("[name=username]").fill("fenna")
    for field in ("password1", "password2"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.locator("[name=_save]").click()
    page.get_by_label("Staff status").check()
    page.locator("#id_groups_from option", has_text="Finance").dblclick()
    page.locator("[name=_save]").click()
    expect(page.locator("body")).to_contain_text("was changed successfully")
    assert list(User.objects.get(username="fenna").groups.all()) == [role]
    page.context.close()

    colleague = browser.new_context(base_url=live_server.url).new_page()
    colleague.goto("/admin/")
    colleague.get_by_label("Username").fill("fenna")
    colleague.get_by_label("Password").fill(PASSWORD)
    colleague.keyboard.press("Enter")
    expect(colleague.locator("body")).to_contain_text("Your role demands a second factor")
    set_up_second_factor(colleague)
    colleague.get_by_role("link", name="I have kept them").click()
    expect(colleague.locator("#now")).to_be_visible()
    menu = colleague.locator("#nav-sidebar a[href]").evaluate_all("links => links.map(link => link.pathname)")
    seen = role.permissions.filter(codename__startswith="view_").values_list(
        "content_type__app_label", "content_type__model"
    )
    assert set(menu) - {f"/admin/{app}/{model}/" for app, model in seen} == {"/admin/", "/admin/second-factor/"}
    assert "/admin/payments/invoice/" in menu
    colleague.context.close()
