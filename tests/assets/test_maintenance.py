"""Maintenance jobs: planned, started, done; what they keep from hire, and what they leave as it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.damages.models import Damage, Severity
from apps.assets.damages.services import mark_repaired
from apps.assets.maintenance import services
from apps.assets.maintenance.models import JobState, MaintenanceJob
from apps.assets.maintenance.selectors import due_today, overdue
from apps.assets.maintenance.services import Plan
from apps.assets.models import Asset, Reservation
from apps.assets.services import change_service_state, follow_reservations
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.fleet.withdrawing import bookings_promised, start_job
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.legs.selectors import endangered
from apps.tomp.errors import IllegalState, Invalid, NotFound
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, STAFF, at, confirmed, event, everything, leg_that_is, offer
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def hours(number: float) -> datetime:
    return timezone.now() + timedelta(hours=number)


def window(start: float, end: float) -> dict[str, Any]:
    """What an MP asks for, in hours from now."""
    return {"departureTime": at(hours(start)), "arrivalTime": at(hours(end)), "to": HERE}


def planned(asset: Asset, start: float, end: float | None, *, blocks_hire: bool = True, **more: Any) -> MaintenanceJob:
    """A job from `start` to `end` hours from now."""
    until = None if end is None else hours(end)
    wanted = Plan("Brakes", hours(start), until, blocks_hire=blocks_hire, **more)
    return services.plan(asset_id=asset.pk, wanted=wanted, actor=STAFF)


def started(asset: Asset, **more: Any) -> MaintenanceJob:
    return services.start(job_id=planned(asset, 0, 2, **more).pk, actor=STAFF, reason="it squeaks")


def all_there_is() -> tuple[Any, ...]:
    """All that a refused verb must leave as it was."""
    jobs = list(MaintenanceJob.objects.order_by("pk").values_list())
    return (*everything(), jobs, list(Damage.objects.order_by("pk").values_list()))


def state_of(asset: Asset) -> str:
    return Asset.objects.get(pk=asset.pk).state


def is_offered(mp: TompClient) -> bool:
    return bool(mp.get("/operator/available-assets").body)


def wrong() -> list[tuple[str, str]]:
    return [(breach.subject, breach.problem) for breach in breaches(now=timezone.now())]


# --- planning -------------------------------------------------------------------------------------------


def test_a_job_that_blocks_hire_leaves_the_asset_to_bookings_before_and_after(mp: TompClient, asset: Asset) -> None:
    planned(asset, 5, 7)
    assert state_of(asset) == "AVAILABLE"
    assert not is_offered(mp), "such a ride could last until then"
    for start, end in ((1, 4.9), (7.1, 8)):
        mp.post("/bookings", {"id": offer(mp, asset, **window(start, end))})
    asset.refresh_from_db()
    plan = {"from": HERE, "useAssets": [asset.public_id], **window(6, 8)}
    assert mp.post("/planning/offers", plan).body["options"] == []
    assert wrong() == []


def test_what_was_offered_before_it_was_planned_is_no_longer_booked(mp: TompClient, asset: Asset) -> None:
    offered = offer(mp, asset, **window(6, 8))
    planned(asset, 5, 7)
    before = all_there_is()
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert all_there_is() == before


def test_a_ride_is_not_prolonged_into_the_workshops_time(mp: TompClient, asset: Asset) -> None:
    ride = confirmed(mp, asset, **window(0.1, 1))
    planned(asset, 2, 3)
    before = all_there_is()
    answer = event(mp, ride, "TIME_EXTEND", time=at(hours(2.5)))
    assert answer.status == 403, answer
    assert all_there_is() == before
    assert event(mp, ride, "TIME_EXTEND", time=at(hours(1.5))).status == 200


def test_any_other_job_keeps_nothing_from_hire(mp: TompClient, asset: Asset) -> None:
    planned(asset, -1, 7, blocks_hire=False)
    assert is_offered(mp)
    assert not Reservation.objects.exists()
    confirmed(mp, asset)
    planned(asset, -1, None, blocks_hire=False)


def test_a_job_that_blocks_hire_is_refused_where_a_booking_stands_and_says_which(mp: TompClient, asset: Asset) -> None:
    booking = confirmed(mp, asset, **window(6, 8))
    before = all_there_is()
    for start, end in ((5, 7), (7, None), (0, 24)):
        with pytest.raises(IllegalState, match=booking):
            planned(asset, start, end)
    assert all_there_is() == before
    planned(asset, 8.1, None)
    planned(asset, 1, 5.9)
    assert wrong() == []


def test_two_jobs_that_block_hire_do_not_overlap(asset: Asset) -> None:
    first = planned(asset, 1, 3)
    before = all_there_is()
    with pytest.raises(IllegalState, match=f"maintenance job {first.pk}"):
        planned(asset, 2, 4)
    assert all_there_is() == before


def test_a_place_that_only_this_asset_can_be_given_to_is_not_planned_away(operator: Any) -> None:
    upfront = client(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"])
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    first, second = factories.AssetFactory.create_batch(2, station=station, asset_type=factories.AssetTypeFactory())
    (option,) = upfront.post("/planning/offers", {"from": {"stationId": "S1"}, **window(2, 4)}).body["options"]
    booking = upfront.post("/bookings", {"id": option["id"]}).body["id"]
    planned(first, 3, 5)
    before = all_there_is()
    with pytest.raises(IllegalState, match=booking):
        planned(second, 1, 3)
    assert all_there_is() == before
    planned(second, 4, 5)
    assert wrong() == []


def test_a_plan_that_cannot_be_is_refused(asset: Asset) -> None:
    other, repaired = factories.DamageFactory(), factories.DamageFactory(asset=asset)
    mark_repaired(damage_id=repaired.pk, actor=STAFF)
    before = all_there_is()
    for damage in (other, repaired):
        with pytest.raises(Invalid):
            planned(asset, 1, 2, damage_id=damage.pk)
    for start, end in ((2, 1), (-2, -1)):
        with pytest.raises(Invalid):
            planned(asset, start, end)
    for moment in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)):
        with pytest.raises(Invalid, match="1900"):
            services.plan(asset_id=asset.pk, wanted=Plan("Brakes", moment), actor=STAFF)
    with pytest.raises(NotFound):
        services.plan(asset_id=0, wanted=Plan("Brakes", hours(1)), actor=STAFF)
    retired = factories.AssetFactory(state="RETIRED")
    with pytest.raises(IllegalState):
        planned(retired, 1, 2)
    retired.delete()
    assert all_there_is() == before


def test_a_plan_is_changed_together_with_what_it_holds(mp: TompClient, asset: Asset) -> None:
    job = planned(asset, 1, 3)
    booking = confirmed(mp, asset, **window(5, 6))

    def otherwise(start: float, end: float | None, *, blocks_hire: bool = True) -> MaintenanceJob:
        wanted = Plan("Chain", hours(start), hours(end) if end else None, blocks_hire=blocks_hire, notes="rusty")
        return services.change_plan(job_id=job.pk, wanted=wanted, actor=STAFF)

    otherwise(2, 4)
    confirmed(mp, asset, **window(1, 1.9))
    before = all_there_is()
    with pytest.raises(IllegalState, match=booking):
        otherwise(2, 5.5)
    assert all_there_is() == before
    otherwise(2, 5.5, blocks_hire=False)
    assert not Reservation.objects.filter(leg=None, released_at=None).exists()
    otherwise(3, 4)
    job.refresh_from_db()
    assert (job.what, job.notes, job.reservation.released_at) == ("Chain", "rusty", None)
    assert wrong() == []
    services.cancel(job_id=job.pk, actor=STAFF, reason="sold")
    with pytest.raises(IllegalState):
        otherwise(3, 4)


# --- when its time comes --------------------------------------------------------------------------------


def test_the_state_follows_a_job_that_blocks_hire_and_nobody_starts(mp: TompClient, asset: Asset) -> None:
    job = planned(asset, 1, 2)
    with time_machine.travel(hours(1.5)):
        follow_reservations()
        assert (state_of(asset), is_offered(mp)) == ("RESERVED", False)
        assert list(overdue(MaintenanceJob.objects.all(), timezone.now())) == [job]
        assert wrong() == []
    with time_machine.travel(hours(2.5)):
        follow_reservations()
        assert (state_of(asset), is_offered(mp)) == ("AVAILABLE", True), "its time is over"
        assert list(overdue(MaintenanceJob.objects.all(), timezone.now())) == [job]
        services.start(job_id=job.pk, actor=STAFF, reason="late")
        assert state_of(asset) == "MAINTENANCE"


def test_an_asset_that_is_out_at_the_planned_moment_is_waited_for(mp: TompClient, asset: Asset) -> None:
    ride = confirmed(mp, asset, **window(0, 1))
    event(mp, ride, "SET_IN_USE")
    job = planned(asset, 1, 3)
    with time_machine.travel(hours(2)):
        before = all_there_is()
        with pytest.raises(IllegalState, match="out on a ride"):
            services.start(job_id=job.pk, actor=STAFF, reason="now")
        assert all_there_is() == before
        assert list(overdue(MaintenanceJob.objects.all(), timezone.now())) == [job]
        event(mp, ride, "FINISH")
        assert state_of(asset) == "RESERVED", "it is kept for the workshop at once"
        assert not endangered(Leg.objects.all(), timezone.now()).exists()
        services.start(job_id=job.pk, actor=STAFF, reason="now")
        assert state_of(asset) == "MAINTENANCE"
        assert wrong() == []


def test_what_is_due_is_told_by_the_operators_day(asset: Asset) -> None:
    with time_machine.travel(datetime(2026, 6, 1, 12, 0).astimezone()):
        jobs = [planned(asset, start, None, blocks_hire=False) for start in (-1, 1, 24)]
        now = timezone.now()
        assert set(due_today(MaintenanceJob.objects.all(), now)) == set(jobs[:2])
        assert set(overdue(MaintenanceJob.objects.all(), now)) == set(jobs[:1])


# --- starting, finishing, cancelling --------------------------------------------------------------------


def test_a_job_takes_the_asset_out_of_service_and_brings_it_back_where_it_stands(mp: TompClient, asset: Asset) -> None:
    damage = factories.DamageFactory(asset=asset, severity=Severity.UNUSABLE)
    job = started(asset, damage_id=damage.pk)
    assert (state_of(asset), is_offered(mp)) == ("MAINTENANCE", False)
    assert not Reservation.objects.filter(released_at=None).exists()
    assert wrong() == []
    place = (asset.latitude, asset.longitude, asset.position_at, asset.public_id)
    services.finish(job_id=job.pk, actor=STAFF, notes="new pads")
    asset.refresh_from_db()
    assert (asset.latitude, asset.longitude, asset.position_at, asset.public_id) == place
    assert (asset.state, is_offered(mp)) == ("AVAILABLE", True)
    job.refresh_from_db()
    damage.refresh_from_db()
    assert (job.state, job.notes, job.started_by, job.ended_by) == (JobState.DONE, "new pads", str(STAFF), str(STAFF))
    assert damage.repaired_by == str(STAFF)
    steps = Transition.objects.filter(subject_kind="maintenance job").order_by("id")
    assert [(one.event, one.to_state) for one in steps] == [
        ("PLAN", "PLANNED"),
        ("START", "RUNNING"),
        ("FINISH", "DONE"),
    ]
    assert wrong() == []


def test_a_damage_that_was_repaired_meanwhile_stays_repaired(asset: Asset) -> None:
    damage = factories.DamageFactory(asset=asset)
    job = started(asset, damage_id=damage.pk)
    mark_repaired(damage_id=damage.pk, actor=STAFF)
    told = Damage.objects.get().repaired_at
    services.finish(job_id=job.pk, actor=STAFF)
    assert Damage.objects.get().repaired_at == told


@pytest.mark.parametrize("ending", ["finish", "cancel"])
def test_the_asset_stays_out_of_service_while_something_else_keeps_it(asset: Asset, ending: str) -> None:
    def end(job: MaintenanceJob) -> None:
        if ending == "finish":
            services.finish(job_id=job.pk, actor=STAFF)
        else:
            services.cancel(job_id=job.pk, actor=STAFF, reason="no parts")

    first, second = started(asset), started(asset)
    end(first)
    assert state_of(asset) == "MAINTENANCE", "another job runs"
    change_service_state(asset_id=asset.pk, event="start_charging", actor=STAFF, reason="empty")
    end(second)
    assert state_of(asset) == "CHARGING", "it is being charged"
    assert wrong() == []


def test_an_asset_that_comes_back_into_the_time_of_the_next_job_is_kept_for_it(asset: Asset) -> None:
    job = started(asset)
    planned(asset, 1, 3)
    with time_machine.travel(hours(2)):
        assert wrong() == []
        services.finish(job_id=job.pk, actor=STAFF)
        assert state_of(asset) == "RESERVED"
        assert wrong() == []


def test_who_is_promised_the_asset_is_decided_on_first(mp: TompClient, asset: Asset) -> None:
    booking = confirmed(mp, asset, **window(6, 8))
    job = planned(asset, 0, 2)
    before = all_there_is()
    with pytest.raises(IllegalState, match=booking):
        services.start(job_id=job.pk, actor=STAFF, reason="brakes")
    assert all_there_is() == before
    assert [str(one.pk) for one in bookings_promised(asset.pk)] == [booking]
    start_job(job_id=job.pk, cancelling=[Booking.objects.get().pk], actor=STAFF, reason="brakes")
    assert (Booking.objects.get().state, state_of(asset)) == ("CANCELLED", "MAINTENANCE")
    assert OutboxMessage.objects.get().subject == "CANCEL"
    assert wrong() == []


def test_cancelling_a_booking_and_then_not_starting_does_neither(mp: TompClient, asset: Asset) -> None:
    booking = Booking.objects.get(pk=confirmed(mp, asset, **window(6, 8)))
    job = started(other := factories.AssetFactory())
    before = all_there_is()
    with pytest.raises(IllegalState):
        start_job(job_id=job.pk, cancelling=[booking.pk], actor=STAFF, reason="again")
    assert all_there_is() == before
    assert state_of(other) == "MAINTENANCE"


def test_a_job_that_is_cancelled_gives_the_asset_back(mp: TompClient, asset: Asset) -> None:
    job = planned(asset, -1, None)
    assert (state_of(asset), is_offered(mp)) == ("RESERVED", False)
    services.cancel(job_id=job.pk, actor=STAFF, reason="no need")
    assert (state_of(asset), is_offered(mp)) == ("AVAILABLE", True)
    before = all_there_is()
    for verb in (services.start, services.cancel):
        with pytest.raises(IllegalState):
            verb(job_id=job.pk, actor=STAFF, reason="again")
    with pytest.raises(IllegalState):
        services.finish(job_id=job.pk, actor=STAFF)
    with pytest.raises(NotFound):
        services.finish(job_id=0, actor=STAFF)
    assert all_there_is() == before


def test_an_asset_does_not_return_or_retire_before_its_jobs_are_over(asset: Asset) -> None:
    job = started(asset)
    before = all_there_is()
    for what in ("return_to_service", "retire"):
        with pytest.raises(IllegalState, match=f"Maintenance job {job.pk}"):
            change_service_state(asset_id=asset.pk, event=what, actor=STAFF, reason="sold")
    assert all_there_is() == before
    services.cancel(job_id=job.pk, actor=STAFF, reason="sold")
    change_service_state(asset_id=asset.pk, event="retire", actor=STAFF, reason="sold")


def test_a_job_ahead_keeps_no_asset_from_being_taken_out_of_service(asset: Asset) -> None:
    planned(asset, -1, 2)
    assert state_of(asset) == "RESERVED"
    change_service_state(asset_id=asset.pk, event="start_charging", actor=STAFF, reason="empty")
    assert wrong() == []
    change_service_state(asset_id=asset.pk, event="return_to_service", actor=STAFF, reason="full")
    assert state_of(asset) == "RESERVED"


def test_the_database_keeps_jobs_in_order(asset: Asset) -> None:
    job = MaintenanceJob.objects.filter(pk=planned(asset, 1, 2).pk)
    now = timezone.now()
    for change in (
        {"what": ""},
        {"state": "LOST"},
        {"state": "RUNNING"},
        {"state": "CANCELLED"},
        {"reservation": None},
        {"planned_until": now},
        {"ended_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            job.update(**change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE assets_reservation SET released_at = now()", "blocks hire, but does not hold its asset for its time"),
        ("UPDATE assets_maintenancejob SET planned_until = NULL", "blocks hire, but does not hold its asset"),
        ("UPDATE assets_maintenancejob SET state = 'RUNNING', started_at = now()", "runs, but its asset is AVAILABLE"),
        ("UPDATE assets_asset SET state = 'RETIRED'", "is planned, but its asset is RETIRED"),
    ],
)
def test_the_invariant_finds_a_job_without_its_asset(asset: Asset, change: str, problem: str) -> None:
    job = planned(asset, 1, 2)
    assert wrong() == []
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert any(subject == f"maintenance job {job.pk}" and problem in told for subject, told in wrong())


def test_the_invariant_finds_what_is_held_for_a_job_that_is_over(asset: Asset) -> None:
    job = planned(asset, 1, 2)
    services.cancel(job_id=job.pk, actor=STAFF, reason="no need")
    Reservation.objects.update(released_at=None)
    told = f"is not released, but its maintenance job {job.pk} is CANCELLED"
    assert (f"reservation {job.reservation_id}", told) in wrong()


# --- staff ----------------------------------------------------------------------------------------------


def press(admin_client: Client, kind: str, subject: Any, name: str, **answers: Any) -> Any:
    address = reverse(f"admin:assets_{kind}_do", args=[subject.pk, name])
    return admin_client.post(address, answers, follow=True)


def local(number: float) -> str:
    return timezone.localtime(hours(number)).strftime("%Y-%m-%dT%H:%M")


def test_staff_plan_a_repair_run_it_and_say_that_it_is_done(mp: TompClient, asset: Asset, admin_client: Client) -> None:
    damage = factories.DamageFactory(asset=asset, component_name="light")
    asked = admin_client.get(reverse("admin:assets_damage_do", args=[damage.pk, "plan-repair"])).text
    assert "Repair: light" in asked
    answers = {"what": "Repair: light", "damage": damage.pk, "start": local(0), "blocks_hire": "on"}
    told = press(admin_client, "damage", damage, "plan-repair", **answers)
    job = MaintenanceJob.objects.get()
    assert told.request["PATH_INFO"] == reverse("admin:assets_maintenancejob_change", args=[job.pk])
    assert (job.planned_by, job.damage_id, job.blocks_hire) == ("staff admin", damage.pk, True)
    assert "somebody to start it" in told.text
    assert "in maintenance" in press(admin_client, "maintenancejob", job, "start", reason="dark").text
    assert state_of(asset) == "MAINTENANCE"
    press(admin_client, "maintenancejob", job, "done", notes="new bulb")
    job.refresh_from_db()
    damage.refresh_from_db()
    assert (job.state, job.notes, damage.repaired_by) == ("DONE", "new bulb", "staff admin")


def test_starting_asks_what_becomes_of_bookings(mp: TompClient, asset: Asset, admin_client: Client) -> None:
    booking = confirmed(mp, asset, **window(6, 8))
    job = planned(asset, 0, 2)
    address = reverse("admin:assets_maintenancejob_do", args=[job.pk, "start"])
    assert booking[:8] in admin_client.get(address).text
    before = all_there_is()
    assert "Say what becomes of it" in press(admin_client, "maintenancejob", job, "start", reason="dark").text
    assert all_there_is() == before
    answers = {"reason": "dark", "bookings": "cancel", "seen": booking}
    press(admin_client, "maintenancejob", job, "start", **answers)
    assert (Booking.objects.get().state, state_of(asset)) == ("CANCELLED", "MAINTENANCE")


def test_a_plan_that_meets_a_booking_is_refused_in_words(mp: TompClient, asset: Asset, admin_client: Client) -> None:
    booking = confirmed(mp, asset, **window(6, 8))
    before = all_there_is()
    answers = {"what": "Brakes", "start": local(4), "end": local(9), "blocks_hire": "on"}
    assert (
        f"is promised to booking {booking}" in press(admin_client, "asset", asset, "plan-maintenance", **answers).text
    )
    assert (
        "has to end after it begins"
        in press(admin_client, "asset", asset, "plan-maintenance", **{**answers, "end": local(3)}).text
    )
    assert all_there_is() == before


@pytest.mark.parametrize(("start", "end", "field"), [(4, 24 * 900, "end"), (24 * 900, None, "start")])
def test_a_plan_years_ahead_is_refused_and_keeps_what_was_written(
    asset: Asset, admin_client: Client, start: float, end: float | None, field: str
) -> None:
    answers = {"what": "Brakes", "start": local(start), "notes": "rusty", "end": "" if end is None else local(end)}
    page = press(admin_client, "asset", asset, "plan-maintenance", **answers)
    assert page.context["form"].errors == {field: ["A job begins and ends within two years from now."]}
    assert "rusty" in page.text
    assert not MaintenanceJob.objects.exists()
    with pytest.raises(Invalid, match="within two years"):
        planned(asset, start, end)


def test_a_plan_the_service_refuses_keeps_what_was_written(mp: TompClient, asset: Asset, admin_client: Client) -> None:
    confirmed(mp, asset, **window(6, 8))
    answers = {"what": "Brakes", "start": local(4), "end": local(9), "blocks_hire": "on", "notes": "rusty"}
    page = press(admin_client, "asset", asset, "plan-maintenance", **answers)
    assert page.context["form"].non_field_errors()
    assert ("rusty" in page.text, local(9) in page.text) == (True, True)


def test_the_plan_is_changed_and_cancelled_by_buttons(asset: Asset, admin_client: Client) -> None:
    press(admin_client, "asset", asset, "plan-maintenance", what="Brakes", start=local(5), end=local(7))
    job = MaintenanceJob.objects.get()
    asked = admin_client.get(reverse("admin:assets_maintenancejob_do", args=[job.pk, "change-plan"])).text
    assert local(5) in asked
    press(admin_client, "maintenancejob", job, "change-plan", what="Chain", start=local(6), notes="rusty")
    job.refresh_from_db()
    assert (job.what, job.planned_until, job.notes) == ("Chain", None, "rusty")
    press(admin_client, "maintenancejob", job, "cancel", reason="no need")
    assert MaintenanceJob.objects.get().state == "CANCELLED"


def test_a_job_of_an_asset_that_is_out_says_so_and_offers_no_start(
    mp: TompClient, asset: Asset, admin_client: Client
) -> None:
    leg_that_is(mp, asset, "IN_USE")
    job = planned(asset, -1, None, blocks_hire=False)
    page = admin_client.get(reverse("admin:assets_maintenancejob_change", args=[job.pk])).text
    assert "out on a ride" in page
    assert reverse("admin:assets_maintenancejob_do", args=[job.pk, "start"]) not in page


@pytest.mark.parametrize(("when", "count"), [("due", 2), ("overdue", 1), ("", 3)])
def test_the_list_shows_what_is_due_at_the_same_cost_however_many(
    asset: Asset, admin_client: Client, when: str, count: int
) -> None:
    address = reverse("admin:assets_maintenancejob_changelist")
    with time_machine.travel(datetime(2026, 6, 1, 12, 0).astimezone(), tick=False):
        for start in (-1, 1, 24):
            planned(asset, start, None, blocks_hire=False)
        admin_client.get(address)
        with CaptureQueriesContext(connection) as few:
            found = admin_client.get(address, {"when": when} if when else {}).context["cl"].result_list
        assert len(found) == count
        for start in (-1, 1, 24):
            planned(factories.AssetFactory(), start, None, blocks_hire=False)
        with CaptureQueriesContext(connection) as many:
            admin_client.get(address, {"when": when} if when else {})
    assert len(few) == len(many) <= 12
