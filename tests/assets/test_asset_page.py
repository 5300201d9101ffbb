"""The page of an asset: whether it can be hired, by the same rules as offers; what lies ahead; what it costs."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.admin_asset_trail import MOST_POINTS
from apps.assets.damages.models import Severity
from apps.assets.maintenance import services
from apps.assets.maintenance.services import Plan
from apps.assets.models import Asset
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.operator.models import Operator
from apps.telemetry.models import TrailPoint
from tests import factories
from tests.profiles import client as mp_with
from tests.rides import HERE, STAFF, at, confirmed, leg_that_is, pending
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 30


def hours(number: float) -> datetime:
    return timezone.now() + timedelta(hours=number)


def between(start: float, end: float) -> dict[str, Any]:
    return {"departureTime": at(hours(start)), "arrivalTime": at(hours(end)), "to": HERE}


def page(admin_client: Client, asset: Asset) -> Any:
    return admin_client.get(reverse("admin:assets_asset_change", args=[asset.pk]))


def job(asset: Asset, start: float, end: float | None, *, blocks_hire: bool = True) -> Any:
    until = None if end is None else hours(end)
    wanted = Plan("Brakes", hours(start), until, blocks_hire=blocks_hire)
    return services.plan(asset_id=asset.pk, wanted=wanted, actor=STAFF)


@pytest.fixture
def station(operator: Any) -> Any:
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


@pytest.fixture
def bike(station: Any) -> Asset:
    return factories.AssetFactory(station=station)


def nothing(mp: TompClient, bike: Asset) -> str:
    return ""


def workshop(mp: TompClient, bike: Asset) -> str:
    running = job(bike, 0, 2)
    services.start(job_id=running.pk, actor=STAFF, reason="brakes")
    return f"Maintenance job {running.pk} runs"


def missing(mp: TompClient, bike: Asset) -> str:
    Asset.objects.filter(pk=bike.pk).update(state="MISSING")
    return "It is missing."


def jammed(mp: TompClient, bike: Asset) -> str:
    Asset.objects.filter(pk=bike.pk).update(lock_state="JAMMED")
    return "Its lock is jammed"


def damaged(mp: TompClient, bike: Asset) -> str:
    factories.DamageFactory(asset=bike, severity=Severity.UNUSABLE, component_name="saddle")
    return "not to be hired: saddle"


def scratched(mp: TompClient, bike: Asset) -> str:
    factories.DamageFactory(asset=bike)
    return ""


def booked(mp: TompClient, bike: Asset) -> str:
    return f"Promised: Booking {confirmed(mp, bike)[:8]}"


def held(mp: TompClient, bike: Asset) -> str:
    return f"Promised: Held for booking {pending(mp, bike)[:8]}"


def ridden(mp: TompClient, bike: Asset) -> str:
    leg_that_is(mp, bike, "IN_USE")
    return "It is in use."


def booked_later(mp: TompClient, bike: Asset) -> str:
    return f"Promised: Booking {confirmed(mp, bike, **between(6, 8))[:8]}"


def planned_later(mp: TompClient, bike: Asset) -> str:
    return f"Promised: Maintenance job {job(bike, 6, 8).pk}"


def planned_now(mp: TompClient, bike: Asset) -> str:
    return f"Promised: Maintenance job {job(bike, -1, 8).pk}"


def only_written_down(mp: TompClient, bike: Asset) -> str:
    job(bike, -1, 8, blocks_hire=False)
    return ""


def needed_at_its_station(mp: TompClient, bike: Asset) -> str:
    upfront = mp_with(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"])
    plan = {"from": {"stationId": "S1"}, **between(0.1, 4)}
    (option,) = upfront.post("/planning/offers", plan).body["options"]
    booking = upfront.post("/bookings", {"id": option["id"]}).body["id"]
    return f"A place at its station is promised to booking {booking[:8]}"


def no_access(mp: TompClient, bike: Asset) -> str:
    factories.RegionFactory(type="NO_ACCESS")
    return "travellers have no access"


def closed(mp: TompClient, bike: Asset) -> str:
    local = timezone.localtime(timezone.now(), timezone=ZoneInfo(Operator.objects.get().time_zone))
    early = time(0, 1) if local.hour >= 12 else time(23, 0)
    factories.SystemHoursFactory(start_time=early, end_time=early.replace(minute=early.minute + 1))
    return "closed at this hour"


NOW, WITH_AN_END, NOT = "can be hired now.", "can be hired now only by who agrees", "cannot be hired now."
CAUSES: dict[Callable[[TompClient, Asset], str], str] = {
    nothing: NOW,
    scratched: NOW,
    only_written_down: NOW,
    booked_later: WITH_AN_END,
    planned_later: WITH_AN_END,
    workshop: NOT,
    missing: NOT,
    jammed: NOT,
    damaged: NOT,
    booked: NOT,
    held: NOT,
    ridden: NOT,
    planned_now: NOT,
    needed_at_its_station: NOT,
    no_access: NOT,
    closed: NOT,
}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_what_the_page_says_of_hire_is_what_mps_are_offered(
    mp: TompClient, stranger: TompClient, bike: Asset, admin_client: Client, cause: Callable[[TompClient, Asset], str]
) -> None:
    why = cause(mp, bike)
    shown = page(admin_client, bike)
    hire = shown.context["hire"]
    assert CAUSES[cause] in hire.sentence
    assert (hire.reasons == []) == (why == "")
    assert why in " ".join(reason.text for reason in hire.reasons)
    bike.refresh_from_db()

    def options(**window: Any) -> int:
        plan = {"from": HERE, "useAssets": [bike.public_id], **window}
        return len(stranger.post("/planning/offers", plan).body["options"])

    assert (options() == 1) == (CAUSES[cause] == NOW)
    assert (options(**between(0, 1)) == 1) == hire.possible
    for reason in hire.reasons:
        assert reason.address == "" or admin_client.get(reason.address).status_code == 200, reason


def test_several_reasons_are_told_together(mp: TompClient, bike: Asset, admin_client: Client) -> None:
    told = [cause(mp, bike) for cause in (jammed, damaged, planned_now)]
    texts = [reason.text for reason in page(admin_client, bike).context["hire"].reasons]
    assert len(texts) == 3
    assert all(why in text for why, text in zip(told, texts, strict=True))


# --- what lies ahead ------------------------------------------------------------------------------------


def test_the_time_line_shows_promises_and_plans_with_their_ends(
    mp: TompClient, bike: Asset, admin_client: Client
) -> None:
    booking = confirmed(mp, bike, **between(30, 32))
    soon, open_end = job(bike, 26, 28), job(bike, 40, None)
    job(bike, -1, None, blocks_hire=False)
    line = page(admin_client, bike).context["time_line"]
    assert [bar.ahead.kind for bar in line.promised] == ["job", "booking", "job"]
    assert [bar.goes_on for bar in line.promised] == [False, False, True]
    assert [bar.ahead.blocks for bar in line.planned] == [False]
    assert sum(bar.width for bar in line.promised[:2]) == pytest.approx(4 / 24 / 7 * 100, abs=0.1)
    assert line.promised[2].left + line.promised[2].width == pytest.approx(100, abs=0.1)
    titles = [row.title for row in line.rows]
    assert [str(soon.pk) in titles[1], booking[:8] in titles[2], str(open_end.pk) in titles[3]] == [True] * 3
    assert "without an agreed end" in line.rows[3].time
    assert len(line.days) == 7


def test_what_lies_beyond_the_days_shown_is_in_the_table_only(
    mp: TompClient, bike: Asset, admin_client: Client
) -> None:
    job(bike, 24 * 20, 24 * 21)
    line = page(admin_client, bike).context["time_line"]
    assert (line.promised, len(line.rows)) == ([], 1)


def test_an_asset_without_plans_says_so(bike: Asset, admin_client: Client) -> None:
    assert "Nobody is promised this asset" in page(admin_client, bike).text


def test_a_new_asset_has_no_such_page(operator: Any, admin_client: Client) -> None:
    assert "asset-hire" not in admin_client.get(reverse("admin:assets_asset_add")).text


# --- what it costs --------------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_much_there_is_to_tell(
    mp: TompClient, bike: Asset, admin_client: Client
) -> None:
    confirmed(mp, bike, **between(2, 3))
    job(bike, 4, 5)
    job(bike, 4, 5, blocks_hire=False)
    factories.DamageFactory(asset=bike)
    trail(bike, 1)

    def statements() -> int:
        page(admin_client, bike)
        with CaptureQueriesContext(connection) as queries:
            assert page(admin_client, bike).status_code == 200
        return len(queries)

    few = statements()
    for hour in (10, 20, 30):
        confirmed(mp, bike, **between(hour, hour + 1))
        job(bike, hour + 2, hour + 3)
        job(bike, hour, None, blocks_hire=False)
    for _ in range(3):
        factories.DamageFactory(asset=bike)
    trail(bike, 30)
    assert statements() == few <= MOST_STATEMENTS


# --- where it was ---------------------------------------------------------------------------------------


def trail(asset: Asset, count: int) -> None:
    points = [
        TrailPoint(asset=asset, at=hours(-2) + timedelta(seconds=number), latitude=52.1, longitude=5.1, in_use=True)
        for number in range(count)
    ]
    TrailPoint.objects.bulk_create(points)


def test_the_map_has_the_last_points_of_the_trail_and_the_latest_ride(
    mp: TompClient, bike: Asset, admin_client: Client
) -> None:
    assert "It has left no trail." in page(admin_client, bike).text
    ride = Leg.objects.filter(pk=leg_that_is(mp, bike, "FINISHED"))
    line = {"type": "LineString", "coordinates": [[5.1, 52.1], [5.2, 52.1]]}
    ride.update(progress_geometry=line)
    trail(bike, MOST_POINTS + 5)
    shown = page(admin_client, bike).context
    assert shown["trail"]["count"] == len(shown["trail_on_map"]["trail"]) == MOST_POINTS
    assert shown["trail_on_map"]["ride"] == line
    assert shown["trail"]["ride_address"] == reverse("admin:legs_leg_change", args=[ride.get().pk])


@pytest.mark.parametrize(("role", "seen"), [("Fleet manager", True), ("Support desk", False), ("Auditor", False)])
def test_where_it_was_is_for_who_runs_the_fleet(bike: Asset, client: Client, role: str, seen: bool) -> None:
    ship_roles()
    client.force_login(of_role(role))
    trail(bike, 3)
    shown = page(client, bike)
    assert ("asset-trail-of" in shown.text) == ("trail_on_map" in shown.context) == seen
    assert "This asset can be hired now." in shown.text


def test_where_a_traveller_rides_is_for_who_may_see_personal_data_and_is_noted(
    mp: TompClient, bike: Asset, client: Client, admin_client: Client
) -> None:
    ship_roles()
    client.force_login(of_role("Fleet manager"))
    leg = Leg.objects.filter(pk=leg_that_is(mp, bike, "IN_USE"))
    leg.update(actual_departure_time=hours(-1))
    trail(bike, 3)
    TrailPoint.objects.create(asset=bike, at=hours(-0.5), latitude=52.2, longitude=5.2, in_use=True)
    looks = Transition.objects.filter(event="LOOK", subject_id=str(leg.get().pk))
    shown = page(client, bike).context
    assert (shown["trail"]["count"], shown["trail"]["ride_address"], shown["trail_on_map"]["ride"]) == (3, "", None)
    assert not looks.exists()
    shown = page(admin_client, bike).context
    assert shown["trail"]["count"] == 4
    assert shown["trail"]["ride_address"] == reverse("admin:legs_leg_change", args=[leg.get().pk])
    assert looks.get().actor_name == "admin"


# --- damages --------------------------------------------------------------------------------------------


def test_pictures_are_links_until_somebody_asks_for_them(bike: Asset, admin_client: Client) -> None:
    damage = factories.DamageFactory(asset=bike, pictures=["https://mp.example/1.jpg"])
    for address in (reverse("admin:assets_damage_change", args=[damage.pk]), None):
        text = (admin_client.get(address) if address else page(admin_client, bike)).text
        assert 'rel="noreferrer noopener" target="_blank" href="https://mp.example/1.jpg"' in text
        assert 'src="https://mp.example/1.jpg"' not in text
        assert "backoffice/pictures.js" in text


@pytest.mark.parametrize(("role", "may"), [("Fleet manager", True), ("Support desk", False)])
def test_a_repair_is_planned_from_the_damage_by_who_may(bike: Asset, client: Client, role: str, may: bool) -> None:
    ship_roles()
    client.force_login(of_role(role))
    damage = factories.DamageFactory(asset=bike)
    address = reverse("admin:assets_damage_do", args=[damage.pk, "plan-repair"])
    shown = [page(client, bike).text, client.get(reverse("admin:assets_damage_changelist")).text]
    assert [address in text for text in shown] == [may, may]
    assert client.get(address).status_code == (200 if may else 403)
