"""A support agent from the log-in on: a traveller is on the phone, and the ride was ended too late."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, expect

from apps.bookings.models import Booking
from apps.history.models import Change
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.browser.conftest import logged_in_as
from tests.browser.pictures import pictured
from tests.mp_server import MpServer
from tests.rides import at, confirmed, event

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LINE = {"type": "LineString", "coordinates": [[5.1214, 52.0907], [5.13, 52.095], [5.14, 52.093], [5.145, 52.1]]}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ride(operator: Any, mp: Any, asset: Any) -> Leg:
    """Twenty minutes, where ten were ridden, by Ada."""
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False) as clock:
        leg = confirmed(mp, asset)
        Booking.objects.filter(pk=leg).update(customer={"id": "ada-1", "lastName": "Lovelace"})
        event(mp, leg, "SET_IN_USE")
        clock.shift(timedelta(minutes=20))
        assert event(mp, leg, "FINISH").status == 200
    return Leg.objects.get(pk=leg)


def test_a_wrong_end_is_put_right_and_the_mp_hears_of_it(
    browser: Browser, live_server: Any, ride: Leg, mp: Any
) -> None:
    page = logged_in_as(browser, live_server, "Support desk")
    page.get_by_label("Find a booking").fill("Lovelace")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Finished")
    page.locator(f"a[href='/admin/legs/leg/{ride.pk}/change/']").first.click()
    page.get_by_role("link", name="Correct the ride").click()
    ended = page.get_by_label("Ended")
    assert ride.actual_arrival_time is not None
    right = timezone.localtime(ride.actual_arrival_time - timedelta(minutes=10), AMSTERDAM)
    ended.fill(right.strftime("%Y-%m-%dT%H:%M:%S"))
    page.get_by_label("Reason").fill("The app was stuck")
    page.get_by_role("button", name="Correct the ride").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("given back")
    assert JournalEntry.objects.count() == 1, "nothing has happened yet"
    page.get_by_role("button", name="Correct the ride").click()
    expect(page.locator("body")).to_contain_text("The ride is corrected.")

    (fare, credit) = JournalEntry.objects.order_by("id")
    assert credit.category == "CREDIT"
    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        deliver_due()
        server.wait_for_requests(2)
        received = {one.path.removeprefix("/tomp"): json.loads(one.body) for one in server.received}
    claimed = received[f"/payment/{ride.booking_id}/claim-extra-costs"]
    assert claimed["amount"] == float(credit.amount)
    assert received[f"/legs/{ride.pk}"]["pricing"]["parts"]
    noted = Change.objects.filter(subject_table="legs_leg", staff="support-desk").latest("id")
    assert noted.before["final_fare"] != noted.after["final_fare"]
    page.goto(f"/admin/bookings/booking/{ride.booking_id}/change/")
    expect(page.locator("body")).to_contain_text("The ride was corrected")
    page.context.close()
    assert fare.amount + credit.amount > 0


@pytest.mark.parametrize("button", ["Extend", "Finish"])
def test_a_ride_is_extended_or_ended_from_the_bookings_page(
    browser: Browser, live_server: Any, mp: Any, asset: Any, button: str
) -> None:
    """It is stuck, and was over long ago; or its traveller is still on the way."""
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False):
        arrival = timezone.now() + timedelta(minutes=30)
        leg = confirmed(mp, asset, arrivalTime=at(arrival))
        event(mp, leg, "SET_IN_USE")
    Leg.objects.update(progress_geometry=LINE)
    page = logged_in_as(browser, live_server, "Support desk")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/admin/bookings/booking/{leg}/change/")
    expect(page.locator("#ride-map path.ridden")).to_have_count(1)
    pictured(page, "booking")

    page.get_by_role("link", name=button).click()
    minutes = {"Extend": 60, "Finish": -110}[button]
    time = timezone.localtime(timezone.now() + timedelta(minutes=minutes), AMSTERDAM)
    page.locator("input[type=datetime-local]").fill(time.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Reason").fill("As the caller said")
    page.get_by_role("button", name=button).click()
    expect(page.locator("#preview")).to_contain_text("is sent the leg as it then is")
    assert not OutboxMessage.objects.exists(), "nothing has happened yet"
    page.get_by_role("button", name=button).click()
    expect(page).to_have_url(f"{live_server.url}/admin/bookings/booking/{leg}/change/")

    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        deliver_due()
        server.wait_for_requests(1)
        (told,) = [json.loads(one.body) for one in server.received]
    assert told["state"] == {"Extend": "IN_USE", "Finish": "FINISHED"}[button]
    if button == "Finish":
        assert JournalEntry.objects.get().used_seconds in range(500, 661)
    page.context.close()
    assert errors == []


@pytest.mark.parametrize("role", ["Auditor", "Fleet manager", "Finance"])
def test_a_role_without_the_right_is_not_offered_it(browser: Browser, live_server: Any, ride: Leg, role: str) -> None:
    page = logged_in_as(browser, live_server, role)
    page.goto(f"/admin/legs/leg/{ride.pk}/change/")
    expect(page.locator("body")).to_contain_text("Finished")
    assert page.get_by_role("link", name="Correct the ride").count() == 0
    answer = page.goto(f"/admin/legs/leg/{ride.pk}/do/correct/")
    assert answer is not None
    assert answer.status == 403
    assert JournalEntry.objects.count() == 1
    page.context.close()
