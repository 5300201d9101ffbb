"""LOCK_UNLOCK_REMOTELY and AUTO_UNLOCK: the lock obeys before an event takes effect, or nothing happens."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.assets.models import Asset
from apps.bookings.services import cancel
from apps.legs.lock_commands import settle_due
from apps.legs.models import Leg, LockCommand
from apps.legs.replacing import replace_asset
from apps.tomp.models import IdempotentAnswer
from tests import factories, profiles
from tests.rides import STAFF, confirmed, event, everything, leg_that_is, now, offer, operate, pending

pytestmark = pytest.mark.django_db
REMOTE = {"tripExecution": ["LOCK_UNLOCK_REMOTELY"]}
LATER = timedelta(minutes=2)


@pytest.fixture
def bike(operator: Any) -> Asset:
    """A bike with a simulated lock."""
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    kind = factories.AssetTypeFactory(lock_gateway=gateway)
    return factories.AssetFactory(asset_type=kind)


@pytest.fixture
def remote(operator: Any) -> Any:
    """An MP whose rides we unlock."""
    return profiles.client(**REMOTE)


def behave(asset: Asset, behaviour: str, **fields: Any) -> None:
    """From now on the lock behaves like this."""
    SimulatedLock.objects.update_or_create(asset=asset, defaults={"behaviour": behaviour, **fields})


def told(asset: Asset) -> list[tuple[str, str, str]]:
    """What its lock was told: for which event, what, and what became of it; all settled."""
    commands = LockCommand.objects.filter(asset=asset, settled_at__isnull=False).order_by("id")
    return list(commands.values_list("event", "order", "state"))


def still_open(asset: Asset) -> list[tuple[str, str, str]]:
    """Commands not settled."""
    commands = LockCommand.objects.filter(asset=asset, settled_at=None)
    return list(commands.values_list("event", "order", "state"))


def lock_state(asset: Asset) -> tuple[str, str]:
    """How the lock is, and how we think it is."""
    asset.refresh_from_db()
    return (SimulatedLock.objects.get(asset=asset).state, asset.lock_state)


# --- the lock follows the ride ----------------------------------------------------------------------


def test_the_lock_follows_the_rides_events(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    for name, lock in [
        ("PREPARE", None),
        ("SET_IN_USE", "UNLOCKED"),
        ("PAUSE", "LOCKED"),
        ("OPEN_TRUNK", "LOCKED"),
        ("SET_IN_USE", "UNLOCKED"),
        ("START_FINISHING", "UNLOCKED"),
        ("FINISH", "LOCKED"),
    ]:
        assert event(remote, leg, name).status == 200
        if lock is None:
            assert not LockCommand.objects.exists()
        else:
            assert lock_state(bike) == (lock, lock)
    assert told(bike) == [
        ("SET_IN_USE", "UNLOCK", "OBEYED"),
        ("PAUSE", "LOCK", "OBEYED"),
        ("OPEN_TRUNK", "OPEN_TRUNK", "OBEYED"),
        ("SET_IN_USE", "UNLOCK", "OBEYED"),
        ("FINISH", "LOCK", "OBEYED"),
    ]
    assert set(LockCommand.objects.values_list("leg", flat=True)) == {Leg.objects.get().pk}
    assert not still_open(bike)


def test_without_the_identifier_no_lock_is_worked(mp: Any, bike: Asset) -> None:
    leg = leg_that_is(mp, bike, "PAUSED")
    assert event(mp, leg, "OPEN_TRUNK").status == 200
    assert event(mp, leg, "FINISH").status == 200
    assert not LockCommand.objects.exists()


def test_without_a_gateway_no_lock_is_worked(remote: Any, asset: Asset) -> None:
    leg = leg_that_is(remote, asset, "PAUSED")
    assert event(remote, leg, "OPEN_TRUNK").status == 200
    assert not LockCommand.objects.exists()


def test_an_event_that_does_not_fit_sends_no_command(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    before = everything()
    for name in ("PAUSE", "FINISH", "OPEN_TRUNK"):
        assert event(remote, leg, name).status == 403
    assert event(remote, leg, "SET_IN_USE", time="2020-01-01T00:00:00Z").status == 400
    assert everything() == before
    assert not LockCommand.objects.exists()


def test_a_repeated_event_sends_no_command(remote: Any, bike: Asset) -> None:
    leg = leg_that_is(remote, bike, "IN_USE")
    before = everything()
    assert event(remote, leg, "SET_IN_USE").status == 200
    assert everything() == before
    assert len(told(bike)) == 1


# --- the lock does not obey ---------------------------------------------------------------------------

WAYS = [("NOT_STARTED", "SET_IN_USE"), ("PAUSED", "SET_IN_USE"), ("IN_USE", "PAUSE"), ("IN_USE", "FINISH")]


@pytest.mark.parametrize(("state", "name"), [*WAYS, ("IN_USE", "OPEN_TRUNK")])
def test_a_jammed_lock_is_503_and_changes_nothing(remote: Any, bike: Asset, state: str, name: str) -> None:
    leg = leg_that_is(remote, bike, state)
    behave(bike, "JAMS")
    lock_was = LockCommand.objects.count()
    Asset.objects.update(lock_state="JAMMED")
    before = everything()
    answer = event(remote, leg, name)
    assert (answer.status, answer.body["errorcode"], answer.headers["Retry-After"]) == (503, 4005, "30")
    assert "jammed" in answer.body["detail"]
    assert everything() == before
    assert told(bike)[lock_was:][0][2] == "JAMMED"
    assert not still_open(bike)

    behave(bike, "OBEYS")
    assert event(remote, leg, name).status == 200


@pytest.mark.parametrize(("state", "name"), [*WAYS, ("IN_USE", "OPEN_TRUNK")])
def test_an_answer_that_got_lost_is_found_by_asking(remote: Any, bike: Asset, state: str, name: str) -> None:
    leg = leg_that_is(remote, bike, state)
    count = len(told(bike))
    behave(bike, "LOSES_ANSWERS")
    assert event(remote, leg, name).status == 200
    assert told(bike)[count:][0][2] == "OBEYED"
    assert len(told(bike)) == count + 1


def test_a_silent_lock_is_503_and_the_next_try_asks_first(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    before = everything()
    for _ in range(2):
        answer = event(remote, leg, "SET_IN_USE")
        assert (answer.status, answer.body["errorcode"], answer.headers["Retry-After"]) == (503, 4005, "5")
    assert everything() == before
    assert still_open(bike) == [("SET_IN_USE", "UNLOCK", "SENT")]

    behave(bike, "OBEYS", state="UNLOCKED")
    assert event(remote, leg, "SET_IN_USE").status == 200
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "OBEYED")]
    assert SimulatedLock.objects.get().last_command == "", "asked, and not told again"


def test_a_lock_that_heard_nothing_is_told_again_by_the_next_try(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    behave(bike, "OBEYS")
    assert event(remote, leg, "SET_IN_USE").status == 200
    assert lock_state(bike) == ("UNLOCKED", "UNLOCKED")
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "OBEYED")]


def test_another_event_settles_what_is_open_first(remote: Any, bike: Asset) -> None:
    leg = leg_that_is(remote, bike, "IN_USE")
    behave(bike, "IS_SILENT")
    assert event(remote, leg, "PAUSE").status == 503
    assert event(remote, leg, "OPEN_TRUNK").status == 503
    assert still_open(bike) == [("PAUSE", "LOCK", "SENT")]
    behave(bike, "OBEYS")
    assert event(remote, leg, "OPEN_TRUNK").status == 200
    assert told(bike)[1:] == [("PAUSE", "LOCK", "NOT_OBEYED"), ("OPEN_TRUNK", "OPEN_TRUNK", "OBEYED")]


def test_while_somebody_talks_with_the_lock_others_wait(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    LockCommand.objects.update(leased_until=timezone.now() + timedelta(seconds=20))
    behave(bike, "OBEYS")
    answer = event(remote, leg, "SET_IN_USE")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    with time_machine.travel(timezone.now() + timedelta(seconds=21)):
        assert event(remote, leg, "SET_IN_USE").status == 200


# --- the sweep ------------------------------------------------------------------------------------------


def test_the_sweep_settles_what_nobody_came_back_for(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    assert settle_due() == 0, "the MP has the first go"
    before = everything()
    with time_machine.travel(timezone.now() + LATER):
        assert settle_due() == 1
        assert still_open(bike), "still silent"
        assert settle_due() == 0, "and not asked again at once"
    behave(bike, "OBEYS")
    with time_machine.travel(timezone.now() + 3 * LATER):
        assert settle_due() == 1
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "NOT_OBEYED")]
    assert everything()[1] == before[1]


def test_the_sweep_locks_what_was_opened_for_nothing(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    behave(bike, "OBEYS", state="UNLOCKED")
    with time_machine.travel(timezone.now() + LATER):
        settle_due()
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "OBEYED"), ("SET_IN_USE", "LOCK", "OBEYED")]
    assert lock_state(bike) == ("LOCKED", "LOCKED")
    assert event(remote, leg, "SET_IN_USE").status == 200


def test_the_sweep_never_opens(remote: Any, bike: Asset) -> None:
    """The bike locked, the answer got lost, the rider went: nobody stands beside it any more."""
    leg = leg_that_is(remote, bike, "IN_USE")
    behave(bike, "IS_SILENT")
    event(remote, leg, "PAUSE")
    behave(bike, "OBEYS", state="LOCKED")
    with time_machine.travel(timezone.now() + LATER):
        settle_due()
    assert told(bike)[1:] == [("PAUSE", "LOCK", "OBEYED")]
    assert lock_state(bike) == ("LOCKED", "LOCKED")
    assert event(remote, leg, "PAUSE").body["state"] == "PAUSED"


def test_the_sweep_gives_up_after_a_day_and_the_lock_can_be_told_again(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        settle_due()
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "UNANSWERED")]


def test_a_gateway_taken_away_settles_what_is_open(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    behave(bike, "IS_SILENT")
    event(remote, leg, "SET_IN_USE")
    bike.asset_type.lock_gateway = None
    bike.asset_type.save()
    with time_machine.travel(timezone.now() + LATER):
        assert settle_due() == 0
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "UNANSWERED")]


def test_a_ride_that_staff_cancel_is_locked_by_the_sweep(remote: Any, bike: Asset) -> None:
    leg = leg_that_is(remote, bike, "IN_USE")
    cancel(booking_id=leg, actor=STAFF, reason="stolen")
    assert still_open(bike) == [("CANCEL", "LOCK", "DUE")]
    assert settle_due() == 1
    assert told(bike)[1:] == [("CANCEL", "LOCK", "OBEYED")]
    assert lock_state(bike) == ("LOCKED", "LOCKED")


# --- bookings that unlock -------------------------------------------------------------------------------


def test_auto_unlock_opens_at_commit(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    booking = pending(mp, bike)
    behave(bike, "JAMS")
    before = everything()
    assert operate(mp, booking, "COMMIT").status == 503
    assert everything()[1:2] + everything()[3:] == before[1:2] + before[3:]
    behave(bike, "OBEYS")
    assert operate(mp, booking, "COMMIT").body["state"] == "CONFIRMED"
    assert told(bike)[1:] == [("COMMIT", "UNLOCK", "OBEYED")]
    assert event(mp, booking, "SET_IN_USE").status == 200
    assert len(told(bike)) == 2, "without LOCK_UNLOCK_REMOTELY events work no lock"


def test_another_asset_is_opened_and_the_one_before_locked(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    other = factories.AssetFactory(asset_type=bike.asset_type)
    leg = confirmed(mp, bike)
    behave(other, "JAMS")
    before = everything()
    assert event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id}).status == 503
    assert everything()[1:2] == before[1:2]
    assert lock_state(bike) == ("UNLOCKED", "UNLOCKED")
    assert not still_open(bike)

    behave(other, "OBEYS")
    assert event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id}).status == 200
    assert lock_state(other) == ("UNLOCKED", "UNLOCKED")
    assert still_open(bike) == [("ASSIGN_ASSET", "LOCK", "DUE")]
    assert settle_due() == 1
    assert lock_state(bike) == ("LOCKED", "LOCKED")
    assert event(mp, leg, "SET_IN_USE").status == 200


def test_a_replacement_is_opened_and_what_it_replaces_locked(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    other = factories.AssetFactory(asset_type=bike.asset_type)
    leg = confirmed(mp, bike)
    replace_asset(leg_id=Leg.objects.get().pk, asset_id=other.pk, actor=STAFF, reason="flat tyre")
    assert lock_state(other) == ("UNLOCKED", "UNLOCKED")
    settle_due()
    assert lock_state(bike) == ("LOCKED", "LOCKED")
    assert str(LockCommand.objects.get(asset=other).leg_id) == leg


def test_an_asset_for_later_is_not_opened_as_it_is_assigned(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    other = factories.AssetFactory(asset_type=bike.asset_type)
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    leg = confirmed(mp, bike, departureTime=tomorrow)
    assert event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id}).status == 200
    assert not LockCommand.objects.exists()


def test_what_another_ride_has_opened_is_not_locked(bike: Asset) -> None:
    """A booking for tomorrow takes another bike, while today's traveller rides this one."""
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    other = factories.AssetFactory(asset_type=bike.asset_type)
    today = timezone.now() + timedelta(hours=1)
    tomorrow = timezone.now() + timedelta(days=1)
    riding = confirmed(mp, bike, arrivalTime=today.isoformat())
    later = confirmed(mp, bike, departureTime=tomorrow.isoformat())
    assert event(mp, riding, "SET_IN_USE").status == 200
    assert event(mp, later, "ASSIGN_ASSET", asset={"id": other.public_id}).status == 200
    assert settle_due() == 0
    assert lock_state(bike) == ("UNLOCKED", "UNLOCKED")


def test_what_auto_unlock_opened_is_locked_when_the_booking_is_cancelled(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    booking = confirmed(mp, bike)
    operate(mp, booking, "CANCEL")
    settle_due()
    assert lock_state(bike) == ("LOCKED", "LOCKED")


def test_a_bike_for_later_is_not_opened_at_commit(bike: Asset) -> None:
    mp = profiles.client(tripExecution=["AUTO_UNLOCK"])
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    confirmed(mp, bike, departureTime=tomorrow)
    assert not LockCommand.objects.exists()


@pytest.mark.parametrize(
    ("booking", "trip", "state", "name"),
    [
        ("ATOMIC_BOOKING_SET_IN_USE", "LOCK_UNLOCK_REMOTELY", "STARTED", "SET_IN_USE"),
        ("AUTO_COMMIT", "AUTO_UNLOCK", "CONFIRMED", "COMMIT"),
    ],
)
def test_a_booking_that_opens_at_once_exists_only_if_it_is_open(
    bike: Asset, booking: str, trip: str, state: str, name: str
) -> None:
    mp = profiles.client(booking=["NORMAL", booking], tripExecution=[trip])
    id_ = offer(mp, bike)
    behave(bike, "JAMS")
    Asset.objects.update(lock_state="JAMMED")
    before = everything()
    assert mp.post("/bookings", {"id": id_}).status == 503
    behave(bike, "IS_SILENT")
    assert mp.post("/bookings", {"id": id_}).status == 503
    assert everything() == before
    behave(bike, "OBEYS", state="UNLOCKED")
    answer = mp.post("/bookings", {"id": id_})
    assert (answer.status, answer.body["state"]) == (201, state)
    assert told(bike)[1:] == [(name, "UNLOCK", "OBEYED")]
    assert str(LockCommand.objects.latest("id").leg_id) == id_
    assert mp.post("/bookings", {"id": id_}).status == 201, "a retry"
    assert len(told(bike)) == 2


def test_a_booking_that_commits_and_starts_at_once_opens_once(bike: Asset) -> None:
    trip = ["AUTO_UNLOCK", "LOCK_UNLOCK_REMOTELY"]
    mp = profiles.client(booking=["NORMAL", "ATOMIC_BOOKING_SET_IN_USE"], tripExecution=trip)
    assert mp.post("/bookings", {"id": offer(mp, bike)}).body["state"] == "STARTED"
    assert told(bike) == [("COMMIT", "UNLOCK", "OBEYED")]
    assert not still_open(bike)


@pytest.mark.parametrize(
    ("booking", "trip", "state"),
    [("ATOMIC_BOOKING_SET_IN_USE", "LOCK_UNLOCK_REMOTELY", "STARTED"), ("AUTO_COMMIT", "AUTO_UNLOCK", "CONFIRMED")],
)
def test_a_group_opens_all_its_assets_in_one_go(bike: Asset, booking: str, trip: str, state: str) -> None:
    group = 21
    bike.asset_type.persons = 1
    bike.asset_type.save()
    bikes = [bike, *(factories.AssetFactory(asset_type=bike.asset_type) for _ in range(group - 1))]
    mp = profiles.client(booking=["NORMAL", booking], tripExecution=[trip])
    travelers = [{"referenceNumber": str(number)} for number in range(group)]
    wanted = {"useAssets": [one.public_id for one in bikes], "nrOfTravelers": group, "travelers": travelers}
    plan = {"from": {"coordinates": {"lat": 52.0907, "lng": 5.1214}}, **wanted}
    (option,) = mp.post("/planning/offers", plan).body["options"]
    behave(bikes[-1], "JAMS")
    before = everything()
    assert mp.post("/bookings", {"id": option["id"]}).status == 503
    assert [everything()[at] for at in (0, 1, 3)] == [before[at] for at in (0, 1, 3)]
    behave(bikes[-1], "OBEYS")
    with CaptureQueriesContext(connection) as queries:
        answer = mp.post("/bookings", {"id": option["id"]})
    assert (answer.status, answer.body["state"]) == (201, state)
    assert set(SimulatedLock.objects.values_list("state", flat=True)) == {"UNLOCKED"}
    assert not LockCommand.objects.filter(settled_at=None).exists()
    writes = [one["sql"] for one in queries if one["sql"].startswith('INSERT INTO "bookings_booking"')]
    assert len(writes) == 2, "once to find what it needs, and once when all are open"


def test_one_stop_opens_at_once(bike: Asset) -> None:
    mp = profiles.client(booking=["ONE_STOP", "ATOMIC_BOOKING_SET_IN_USE"], **REMOTE)
    plan = {"from": {"coordinates": {"lat": 52.0907, "lng": 5.1214}}, "useAssets": [bike.public_id]}
    behave(bike, "IS_SILENT")
    before = everything()
    assert mp.post("/bookings/one-stop", plan).status == 503
    assert everything() == before
    behave(bike, "OBEYS")
    assert mp.post("/bookings/one-stop", plan).body["state"] == "STARTED"
    assert told(bike) == [("SET_IN_USE", "UNLOCK", "OBEYED")]


# --- calls that repeat ------------------------------------------------------------------------------------


def test_a_kept_answer_works_no_lock(remote: Any, bike: Asset) -> None:
    leg = confirmed(remote, bike)
    key = {"Idempotency-Key": "open-1"}
    body = {"time": now(), "event": "SET_IN_USE"}
    behave(bike, "JAMS")
    assert remote.post(f"/legs/{leg}/events", body, headers=key).status == 503
    assert not IdempotentAnswer.objects.exists()
    behave(bike, "OBEYS")
    first = remote.post(f"/legs/{leg}/events", body, headers=key)
    assert (first.status, first.body["state"]) == (200, "IN_USE")
    assert event(remote, leg, "PAUSE").status == 200
    assert remote.post(f"/legs/{leg}/events", body, headers=key).body == first.body
    assert [command[0] for command in told(bike)] == ["SET_IN_USE", "SET_IN_USE", "PAUSE"]
