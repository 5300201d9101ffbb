"""POST /legs/{id}/progress to the MP: sampled, the latest wins, and it is in nobody's way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Asset
from apps.backoffice.timeline import timeline_of
from apps.bookings.models import Booking
from apps.bookings.services import cancel
from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.legs.progress import tell_progress
from apps.legs.services import apply_event
from apps.telemetry.services import take
from apps.webhooks.claims import claim_due
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryState, OutboxMessage
from apps.webhooks.results import MAX_ATTEMPTS, record
from apps.webhooks.sending import Outcome
from apps.webhooks.services import enqueue, purge_latest
from tests import factories
from tests.concurrency.test_outbox import Worker
from tests.concurrency.test_races import at_once
from tests.mp_server import Hang, MpServer, Reply, wait_until
from tests.profiles import client
from tests.rides import STAFF, event, leg_that_is
from tests.telemetry.sending import reading
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

PROGRESS = ["PROGRESS_NOTIFICATION"]


@pytest.fixture
def clock() -> Iterator[Any]:
    """Time stands still until it is shifted."""
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False) as clock:
        yield clock


@pytest.fixture
def mp_server() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


@pytest.fixture
def watching(operator: Any, mp_server: MpServer) -> TompClient:
    """An MP that wants positions once a minute."""
    return listening(mp_server, tripExecution=PROGRESS, settings={"progressSeconds": 60})


def listening(server: MpServer, **parts: Any) -> TompClient:
    """An MP of some process whose messages go to `server`."""
    mp = client(**parts)
    factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
    return mp


def say(asset: Asset, lat: float) -> None:
    """The asset is somewhere else."""
    assert take([reading(asset, lat=lat, lng=5.12)], now=timezone.now()) == []


def finish(leg: str) -> None:
    """Staff end the ride."""
    apply_event(leg_id=Leg.objects.get(pk=leg).pk, happening=Happening("FINISH", timezone.now()), actor=STAFF)


def told(server: MpServer) -> list[float]:
    """The latitudes that arrived."""
    return [
        orjson.loads(request.body)["coordinates"]["lat"]
        for request in server.received
        if request.path.endswith("/progress")
    ]


def states() -> list[str]:
    """What became of the positions, in their order."""
    return list(OutboxMessage.objects.filter(subject="PROGRESS").order_by("id").values_list("state", flat=True))


def test_the_mp_is_told_where_the_asset_is_as_often_as_it_asked(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    leg = leg_that_is(watching, asset, "IN_USE")
    assert tell_progress() == 0, "nothing was said since the departure"
    for minute in range(4):
        clock.shift(20)
        say(asset, 52.1 + minute * 0.01)
        clock.shift(20)
        say(asset, 52.105 + minute * 0.01)
        tell_progress()
        deliver_due()
        assert tell_progress() == 0, "nothing new"
    assert told(mp_server) == pytest.approx([52.105, 52.125])
    first = mp_server.received[0]
    assert (first.method, first.path) == ("POST", f"/tomp/legs/{leg}/progress")
    body = orjson.loads(first.body)
    assert body["coordinates"] == {"lat": 52.105, "lng": 5.12}
    assert (body["duration"], body["distance"] > 500) == (40_000, True)
    assert body["asset"] == {"id": Leg.objects.get(pk=leg).asset_public_id}


def test_only_who_asks_is_told(mp: TompClient, asset: Asset, clock: Any) -> None:
    leg = leg_that_is(mp, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    assert tell_progress() == 0
    Booking.objects.filter(pk=leg).update(subscribed_at=timezone.now())
    assert tell_progress() == 1


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "FINISHED"])
def test_only_a_ride_under_way_is_told_of(watching: TompClient, asset: Asset, clock: Any, state: str) -> None:
    leg_that_is(watching, asset, state)
    clock.shift(60)
    say(asset, 52.1)
    assert tell_progress() == 0


def test_an_mp_that_is_down_for_a_while_gets_the_latest_only(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    leg_that_is(watching, asset, "IN_USE")
    mp_server.always = Reply(503)
    for minute in range(5):
        clock.shift(60)
        say(asset, 52.1 + minute * 0.01)
        assert tell_progress() == 1
        deliver_due()
        assert OutboxMessage.objects.filter(state=DeliveryState.PENDING).count() == 1
    assert states() == ["DROPPED"] * 4 + ["PENDING"]
    mp_server.received.clear()
    mp_server.recover()
    clock.shift(60)
    deliver_due()
    assert told(mp_server) == [pytest.approx(52.14)]
    assert states() == ["DROPPED"] * 4 + ["DELIVERED"]


def test_one_that_was_never_tried_is_replaced(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    leg_that_is(watching, asset, "IN_USE")
    for minute in range(3):
        clock.shift(60)
        say(asset, 52.1 + minute * 0.01)
        tell_progress()
    assert states() == ["PENDING"]
    deliver_due()
    assert told(mp_server) == [pytest.approx(52.12)]


def test_one_that_is_being_sent_stays_as_it_is(operator: Any, asset: Asset, mp_server: MpServer, clock: Any) -> None:
    leg_that_is(listening(mp_server, tripExecution=PROGRESS, settings={"progressSeconds": 1}), asset, "IN_USE")
    clock.shift(5)
    say(asset, 52.1)
    tell_progress()
    (claim,) = claim_due(limit=5)
    clock.shift(5)
    say(asset, 52.2)
    assert tell_progress() == 0, "the lease holds"
    assert OutboxMessage.objects.get().body["coordinates"]["lat"] == 52.1
    record(claim, Outcome(status=204))
    assert tell_progress() == 1
    assert states() == ["DELIVERED", "PENDING"]


def test_a_worker_that_died_with_it_holds_up_nothing(watching: TompClient, asset: Asset, clock: Any) -> None:
    leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    (dead,) = claim_due(limit=5)
    clock.shift(61)
    say(asset, 52.2)
    assert tell_progress() == 1
    assert states() == ["DROPPED", "PENDING"]
    record(dead, Outcome(status=200))
    assert states() == ["DROPPED", "PENDING"]
    assert dead.message.delivery_attempts.get().error == "late, it was no longer news."


def test_finish_is_not_delayed_and_nothing_is_told_after_it(
    operator: Any, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    mp = listening(mp_server, tripExecution=[*PROGRESS, "TO_CONTROLLED"])
    leg = leg_that_is(mp, asset, "NOT_STARTED")
    apply_event(leg_id=Leg.objects.get(pk=leg).pk, happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
    deliver_due()
    mp_server.received.clear()
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    mp_server.script.append(Reply(503))
    deliver_due()
    finish(leg)
    deliver_due()
    clock.shift(3600)
    deliver_due()
    assert [orjson.loads(request.body).get("event", "progress") for request in mp_server.received] == [
        "progress",
        "FINISH",
    ]
    assert states() == ["DROPPED"]
    say(asset, 52.2)
    assert tell_progress() == 0


def test_it_waits_for_no_message_before_it(watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any) -> None:
    leg = leg_that_is(watching, asset, "IN_USE")
    factories.AssetFactory()
    mp_server.script.append(Reply(503))
    clock.shift(60)
    say(asset, 52.1)
    enqueue(booking=Booking.objects.get(pk=leg), subject="OTHER", path=f"/legs/{leg}/events", body={"event": "PREPARE"})
    deliver_due()
    tell_progress()
    deliver_due()
    assert [request.path.rsplit("/", 1)[1] for request in mp_server.received] == ["events", "progress"]
    assert OutboxMessage.objects.get(subject="OTHER").state == DeliveryState.PENDING


def test_a_message_under_way_when_the_ride_ends_is_not_sent_again(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    leg = leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    list(claim_due(limit=5))
    cancel(booking_id=Booking.objects.get(pk=leg).pk, actor=STAFF, reason="stolen")
    clock.shift(120)
    deliver_due()
    assert told(mp_server) == []
    assert states() == ["DROPPED"]


@pytest.mark.parametrize("status", [404, 500])
def test_it_is_dropped_and_never_parked(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any, status: int
) -> None:
    leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    mp_server.always = Reply(status)
    for _ in range(MAX_ATTEMPTS + 1):
        deliver_due()
        clock.shift(3601)
    assert len(mp_server.received) == (1 if status == 404 else MAX_ATTEMPTS)
    assert states() == ["DROPPED"]


def test_the_next_one_waits_as_long_as_the_mp_asked(
    watching: TompClient, asset: Asset, mp_server: MpServer, clock: Any
) -> None:
    leg_that_is(watching, asset, "IN_USE")
    mp_server.script.append(Reply(429, {"Retry-After": "600"}))
    for minute in range(5):
        clock.shift(60)
        say(asset, 52.1 + minute * 0.01)
        tell_progress()
        deliver_due()
    assert len(mp_server.received) == 1
    clock.shift(600)
    deliver_due()
    assert told(mp_server) == pytest.approx([52.1, 52.14])


def test_the_database_lets_no_second_one_wait(watching: TompClient, asset: Asset, clock: Any) -> None:
    leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    message = OutboxMessage.objects.get()
    message.pk, message.key = None, Leg.objects.get().pk
    with pytest.raises(IntegrityError, match="outbox_latest_never_queues_behind_itself"), transaction.atomic():
        message.save(force_insert=True)


def test_positions_told_are_forgotten_and_are_not_on_the_timeline(
    watching: TompClient, asset: Asset, clock: Any, settings: Any
) -> None:
    leg = leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)
    tell_progress()
    deliver_due()
    assert not [one for one in timeline_of(Leg.objects.get(pk=leg).booking_id) if one.kind == "message"]
    assert purge_latest(now=timezone.now()) == 0
    clock.shift(timedelta(days=settings.TELEMETRY_TRAIL_DAYS, seconds=1))
    assert purge_latest(now=timezone.now()) == 1
    assert not OutboxMessage.objects.exists()


def test_a_leg_costs_the_same_whatever_its_trail(watching: TompClient, asset: Asset, clock: Any) -> None:
    leg_that_is(watching, asset, "IN_USE")
    clock.shift(60)
    say(asset, 52.1)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert tell_progress() == 1
        return len(queries)

    cost()
    for step in range(50):
        clock.shift(60)
        say(asset, 52.1 + step * 0.01)
    # What is due, alone at it; a savepoint around the locked leg, its events, its trail, the message and what was told.
    assert cost() == 11


@pytest.mark.django_db(transaction=True)
def test_positions_that_hang_leave_the_other_call_free(operator: Any, mp_server: MpServer) -> None:
    mp = listening(mp_server, tripExecution=[*PROGRESS, "TO_CONTROLLED"])
    bikes = [factories.AssetFactory() for _ in range(3)]
    legs = [leg_that_is(mp, bike, "NOT_STARTED") for bike in bikes]
    for leg in legs:
        apply_event(leg_id=Leg.objects.get(pk=leg).pk, happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
    deliver_due()
    mp_server.received.clear()
    for bike in bikes:
        say(bike, 52.1)
    assert tell_progress() == 3
    hang = Hang()
    mp_server.script.append(hang)
    worker = Worker(deliver_due)
    mp_server.wait_for_requests(1)
    finish(next(leg for leg in legs if leg not in mp_server.received[0].path))
    mp_server.wait_for_requests(2)
    assert [request.path.rsplit("/", 1)[1] for request in mp_server.received] == ["progress", "events"]
    assert mp_server.most_at_once == 2
    hang.release()
    worker.finish()
    wait_until(lambda: not OutboxMessage.objects.filter(state=DeliveryState.PENDING).exists())
    assert sorted(states()).count("DELIVERED") >= 2


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_tell_a_position_once(operator: Any, mp_server: MpServer) -> None:
    mp = listening(mp_server, tripExecution=PROGRESS)
    bikes = [factories.AssetFactory() for _ in range(5)]
    for bike in bikes:
        leg_that_is(mp, bike, "IN_USE")
        say(bike, 52.1)
    assert sum(at_once([tell_progress] * 6)) == 5
    assert states() == ["PENDING"] * 5


@pytest.mark.django_db(transaction=True)
def test_positions_are_told_while_rides_end(operator: Any, mp_server: MpServer) -> None:
    """Whoever comes first: nothing is left to be sent of a ride that is over."""
    mp = listening(mp_server, tripExecution=PROGRESS)
    bikes = [factories.AssetFactory() for _ in range(8)]
    legs = [leg_that_is(mp, bike, "IN_USE") for bike in bikes]
    for bike in bikes:
        say(bike, 52.1)
    answers = at_once([*(lambda leg=leg: event(mp, leg, "FINISH").status for leg in legs), *[tell_progress] * 4])
    assert answers[:8] == [200] * 8
    assert set(states()) <= {"DROPPED"}
