"""A gateway that is down keeps nobody waiting: calls are refused at once, and other gateways have their turn."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.assets.locks.silence import SILENT_LOCKS, left_alone_until
from apps.assets.models import Asset
from apps.legs.lock_commands import settle_due
from apps.legs.models import LockCommand
from tests import factories, profiles
from tests.assets.lock_peers import answers
from tests.mp_server import MpServer
from tests.rides import confirmed, event, everything
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
HALF_A_MINUTE = timedelta(seconds=31)
LATER = timedelta(minutes=5)


@pytest.fixture
def peer() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


@pytest.fixture
def remote(operator: Any) -> TompClient:
    return profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])


def bikes(number: int, **gateway: Any) -> list[Asset]:
    """Bikes behind one gateway."""
    kind = factories.AssetTypeFactory(lock_gateway=LockGateway.objects.create(**gateway))
    return [factories.AssetFactory(asset_type=kind) for _ in range(number)]


def simulated(name: str, number: int, behaviour: str) -> list[Asset]:
    """Bikes with simulated locks that behave like this."""
    made = bikes(number, name=name, kind="SIMULATED")
    SimulatedLock.objects.bulk_create(SimulatedLock(asset=bike, behaviour=behaviour) for bike in made)
    return made


def test_after_some_silences_calls_are_refused_at_once(remote: TompClient, peer: MpServer) -> None:
    fleet = bikes(SILENT_LOCKS + 1, name="Gate", kind="HTTP", address=peer.base_url, timeout_seconds=1)
    *legs, last = [confirmed(remote, bike) for bike in fleet]
    peer.hang()
    for leg in legs:
        assert event(remote, leg, "SET_IN_USE").headers["Retry-After"] == "5"
    heard, before, started = len(peer.received), everything(), time.monotonic()

    refused = event(remote, last, "SET_IN_USE")

    assert (refused.status, refused.body["errorcode"]) == (503, 4005)
    assert 25 <= int(refused.headers["Retry-After"]) <= 30
    assert time.monotonic() - started < 1, "less than one exchange with the gateway"
    assert len(peer.received) == heard
    assert everything() == before
    assert LockCommand.objects.count() == len(legs), "nothing stays to be settled"

    peer.recover()
    peer.always = answers("UNLOCKED")
    with time_machine.travel(timezone.now() + HALF_A_MINUTE):
        assert event(remote, last, "SET_IN_USE").status == 200
        assert event(remote, legs[0], "SET_IN_USE").status == 200
    gateway = LockGateway.objects.get()
    assert (gateway.silent_locks, gateway.silent_until) == ([], None)


def test_one_lock_that_never_answers_is_not_the_gateway(remote: TompClient) -> None:
    dead, well = simulated("Gate", 2, "OBEYS")
    SimulatedLock.objects.filter(asset=dead).update(behaviour="IS_SILENT")
    leg = confirmed(remote, dead)
    for _ in range(2 * SILENT_LOCKS):
        assert event(remote, leg, "SET_IN_USE").headers["Retry-After"] == "5"
    assert LockGateway.objects.get().silent_locks == [dead.pk]
    assert event(remote, confirmed(remote, well), "SET_IN_USE").status == 200
    assert LockGateway.objects.get().silent_locks == [], "in a row"


def test_while_one_tries_again_the_others_wait_for_what_it_finds() -> None:
    now = timezone.now()
    until = now + timedelta(seconds=25)
    LockGateway.objects.create(name="Gate", kind="SIMULATED", silent_until=now - timedelta(seconds=1))
    first, second = LockGateway.objects.get(), LockGateway.objects.get()
    assert left_alone_until(first, now=now, trying_until=until) is None
    assert left_alone_until(second, now=now, trying_until=until) == until
    assert left_alone_until(LockGateway.objects.get(), now=now, trying_until=until) == until


def test_who_tries_in_vain_begins_the_while_anew(remote: TompClient) -> None:
    legs = [confirmed(remote, bike) for bike in simulated("Gate", SILENT_LOCKS + 2, "IS_SILENT")]
    for leg in legs[:SILENT_LOCKS]:
        event(remote, leg, "SET_IN_USE")
    with time_machine.travel(timezone.now() + HALF_A_MINUTE):
        assert event(remote, legs[-2], "SET_IN_USE").headers["Retry-After"] == "5", "it was asked"
        assert int(event(remote, legs[-1], "SET_IN_USE").headers["Retry-After"]) > 5


def test_a_lock_that_has_obeyed_already_needs_no_gateway(remote: TompClient) -> None:
    """The process died before the event took effect; nothing is to be said to the lock any more."""
    (bike,) = simulated("Gate", 1, "OBEYS")
    leg = confirmed(remote, bike)
    past = timezone.now() - LATER
    LockCommand.objects.create(
        asset=bike, leg_id=leg, order="UNLOCK", event="SET_IN_USE", state="OBEYED", answered_at=past, look_at=past
    )
    LockGateway.objects.update(silent_until=timezone.now() + LATER)
    assert event(remote, leg, "SET_IN_USE").status == 200


def to_be_locked(fleet: list[Asset]) -> None:
    """A LOCK is due for each."""
    past = timezone.now() - LATER
    LockCommand.objects.bulk_create(
        LockCommand(asset=bike, order="LOCK", event="CANCEL", state="DUE", asked_at=past, look_at=past)
        for bike in fleet
    )


def test_the_locks_of_a_silent_gateway_keep_no_other_waiting(remote: TompClient) -> None:
    to_be_locked(simulated("Down", 20, "IS_SILENT"))
    well = simulated("Well", 1, "OBEYS")
    to_be_locked(well)
    settle_due(limit=2)
    assert LockCommand.objects.get(asset=well[0]).state == "OBEYED"


def test_the_sweep_leaves_a_silent_gateway_alone_too(remote: TompClient) -> None:
    fleet = simulated("Down", 20, "IS_SILENT")
    to_be_locked(fleet)
    assert settle_due() == SILENT_LOCKS, "the others are looked at later"
    assert settle_due() == 0
    SimulatedLock.objects.update(behaviour="OBEYS")
    with time_machine.travel(timezone.now() + HALF_A_MINUTE):
        assert settle_due() == len(fleet) - SILENT_LOCKS
    with time_machine.travel(timezone.now() + LATER):
        assert settle_due() == SILENT_LOCKS
    assert not LockCommand.objects.filter(settled_at=None).exists()


def test_staff_see_until_when_it_is_left_alone(admin_client: Any, operator: Any) -> None:
    gateway = LockGateway.objects.create(name="Gate", kind="SIMULATED", silent_until=timezone.now() + LATER)
    page = admin_client.get(reverse("admin:assets_lockgateway_change", args=[gateway.pk]))
    assert page.status_code == 200
    assert "Silent until" in page.text
