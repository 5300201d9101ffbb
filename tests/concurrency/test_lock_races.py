"""Locks that are talked with while others change the ride, and processes killed in between."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.assets.locks.models import LockGateway
from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.bookings.services import cancel
from apps.legs.lock_commands import settle_due
from apps.legs.models import Leg, LockCommand
from tests import factories, profiles
from tests.assets.lock_peers import answers
from tests.concurrency.installation import PROJECT, environment
from tests.concurrency.test_races import at_once
from tests.mp_server import Hang, MpServer, Reply, wait_until
from tests.rides import STAFF, confirmed, event, leg_that_is
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8
LATER = timedelta(minutes=5)
SET_IN_USE = """
import sys, uuid, django
django.setup()
from django.utils import timezone
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs.moment import Happening
from apps.legs.services import apply_event
happening = Happening(event="SET_IN_USE", time=timezone.now())
apply_event(leg_id=uuid.UUID(sys.argv[1]), happening=happening, actor=Actor(ActorKind.MP, "mp"))
"""


@pytest.fixture
def peer() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


@pytest.fixture
def bike(operator: Any, peer: MpServer) -> Asset:
    """A bike whose lock is behind `peer`."""
    gateway = LockGateway.objects.create(name="Gate", kind="HTTP", address=peer.base_url, timeout_seconds=10)
    return factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))


@pytest.fixture
def remote(operator: Any) -> TompClient:
    return profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])


def told(peer: MpServer) -> list[str]:
    """What the lock was told, in order."""
    return [orjson.loads(one.body)["command"] for one in peer.received if one.method == "POST"]


def hang(peer: MpServer, then: str) -> Hang:
    """The lock takes its time, and then is `then`."""
    peer.always = Hang(answers(then))
    return peer.always


@contextmanager
def in_a_thread(call: Any) -> Iterator[list[Answer]]:
    """`call` under way; its answer is in the list afterwards."""
    got: list[Answer] = []

    def run() -> None:
        try:
            got.append(call())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield got
    finally:
        thread.join(60)


def test_no_transaction_is_open_while_a_lock_is_talked_with(remote: TompClient, bike: Asset, peer: MpServer) -> None:
    leg = confirmed(remote, bike)
    slow = hang(peer, "UNLOCKED")
    with in_a_thread(lambda: event(remote, leg, "SET_IN_USE")) as got:
        peer.wait_for_requests(1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
            )
            assert cursor.fetchone() == (0,)
        with transaction.atomic():
            assert Asset.objects.select_for_update(nowait=True).get(pk=bike.pk)
            assert Booking.objects.select_for_update(nowait=True).get(pk=leg)
        slow.release()
    assert got[0].body["state"] == "IN_USE"


@pytest.mark.parametrize("key", [None, "open-1"])
def test_many_at_once_tell_the_lock_once(remote: TompClient, bike: Asset, peer: MpServer, key: str | None) -> None:
    leg = confirmed(remote, bike)
    slow = hang(peer, "UNLOCKED")
    sent = {"time": timezone.now().isoformat(), "event": "SET_IN_USE"}

    def ride() -> Answer:
        return remote.post(f"/legs/{leg}/events", sent, headers={"Idempotency-Key": key})

    with in_a_thread(lambda: at_once([ride] * CLIENTS)) as got:
        peer.wait_for_requests(1)
        slow.release()
    assert {answer.status for answer in got[0]} <= {200, 503, 409}
    assert Counter(answer.status for answer in got[0])[200] >= 1
    assert told(peer) == ["UNLOCK"]
    assert LockCommand.objects.count() == 1
    assert event(remote, leg, "SET_IN_USE").status == 200


def test_a_lock_opened_for_a_ride_that_is_no_more_is_brought_back(
    remote: TompClient, bike: Asset, peer: MpServer
) -> None:
    leg = confirmed(remote, bike)
    slow = hang(peer, "UNLOCKED")
    with in_a_thread(lambda: event(remote, leg, "SET_IN_USE")) as got:
        peer.wait_for_requests(1)
        cancel(booking_id=leg, actor=STAFF, reason="broken")
        peer.always = answers("LOCKED")
        slow.release()
    assert (got[0].status, got[0].body["errorcode"]) == (403, 4004)
    assert told(peer) == ["UNLOCK", "LOCK"]
    assert not LockCommand.objects.filter(settled_at=None).exists()
    bike.refresh_from_db()
    assert (bike.state, bike.lock_state) == ("AVAILABLE", "LOCKED")


def test_a_lock_closed_for_a_finish_that_is_refused_is_opened_again(
    remote: TompClient, bike: Asset, peer: MpServer
) -> None:
    peer.always = answers("UNLOCKED")
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    leg = leg_that_is(remote, bike, "IN_USE")
    slow = hang(peer, "LOCKED")
    place = {"overriddenProperties": {"location": {"stationId": "S1"}}}
    with in_a_thread(lambda: event(remote, leg, "FINISH", asset=place)) as got:
        peer.wait_for_requests(2)
        station.is_returning = False
        station.save()
        peer.always = answers("UNLOCKED")
        slow.release()
    assert (got[0].status, got[0].body["errorcode"]) == (400, 4002)
    assert told(peer) == ["UNLOCK", "LOCK", "UNLOCK"]
    assert Leg.objects.get().state == "IN_USE"


@pytest.mark.parametrize("late", [answers("UNLOCKED"), Reply(500)], ids=["an answer", "silence"])
def test_who_comes_back_after_its_lease_was_taken_over_changes_nothing(
    remote: TompClient, bike: Asset, peer: MpServer, late: Reply
) -> None:
    leg = confirmed(remote, bike)
    slow = Hang(late)
    peer.always = slow
    with in_a_thread(lambda: event(remote, leg, "SET_IN_USE")) as got:
        peer.wait_for_requests(1)
        peer.always = answers("LOCKED")
        with time_machine.travel(timezone.now() + LATER):
            assert settle_due() == 1
        settled = list(LockCommand.objects.values())
        assert [one["state"] for one in settled] == ["NOT_OBEYED"]
        peer.always = late
        slow.release()
    assert (got[0].status, got[0].headers["Retry-After"]) == (503, "2")
    assert list(LockCommand.objects.values()) == settled
    bike.refresh_from_db()
    assert bike.lock_state == "LOCKED"


@contextmanager
def another_process(leg: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """SET_IN_USE in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", SET_IN_USE, leg], cwd=PROJECT, env=environment(folder))
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL


def killed_while_the_lock_is_told(leg: str, peer: MpServer, folder: Path) -> None:
    hang(peer, "UNLOCKED")
    with another_process(leg, folder) as process:
        peer.wait_for_requests(1)
        kill(process)
    assert LockCommand.objects.get().state == "SENT"


def killed_before_the_event_takes_effect(leg: str, peer: MpServer, folder: Path) -> None:
    slow = hang(peer, "UNLOCKED")
    with another_process(leg, folder) as process:
        peer.wait_for_requests(1)
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=leg)
            slow.release()
            wait_until(lambda: LockCommand.objects.filter(state="OBEYED").exists())
            kill(process)


WAYS_TO_DIE = [killed_while_the_lock_is_told, killed_before_the_event_takes_effect]


@pytest.mark.parametrize("die", WAYS_TO_DIE)
def test_after_a_death_the_next_try_goes_on_where_it_was(
    remote: TompClient, bike: Asset, peer: MpServer, tmp_path: Path, die: Any
) -> None:
    leg = confirmed(remote, bike)
    die(leg, peer, tmp_path)
    assert Leg.objects.get().state == "NOT_STARTED"
    peer.always = answers("UNLOCKED")
    with time_machine.travel(timezone.now() + LATER):
        assert event(remote, leg, "SET_IN_USE").body["state"] == "IN_USE"
    assert told(peer) == ["UNLOCK"], "found open by asking, and not told again"
    assert not LockCommand.objects.filter(settled_at=None).exists()


@pytest.mark.parametrize("die", WAYS_TO_DIE)
def test_after_a_death_the_sweep_locks_what_stands_open(
    remote: TompClient, bike: Asset, peer: MpServer, tmp_path: Path, die: Any
) -> None:
    leg = confirmed(remote, bike)
    die(leg, peer, tmp_path)
    assert settle_due() == 0
    asked = len(peer.received)
    peer.script.extend([answers("UNLOCKED")] if die is killed_while_the_lock_is_told else [])
    peer.always = answers("LOCKED")
    with time_machine.travel(timezone.now() + LATER):
        assert settle_due() == 1
    assert len(peer.received) > asked
    assert told(peer) == ["UNLOCK", "LOCK"]
    assert not LockCommand.objects.filter(settled_at=None).exists()
    bike.refresh_from_db()
    assert bike.lock_state == "LOCKED"
    assert Leg.objects.get().state == "NOT_STARTED"
