"""Rides whose locks are behind a real gateway that fails: 503, nothing changed, settled later."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.assets.locks.models import LockGateway
from apps.assets.models import Asset
from apps.legs.lock_commands import settle_due
from apps.legs.models import LockCommand
from tests import factories, profiles
from tests.assets.lock_peers import MqttDevice, answers, needs_broker
from tests.mp_server import MpServer, Raw, Reply
from tests.rides import confirmed, event, everything
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


@pytest.fixture
def peer() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


@pytest.fixture
def remote(operator: Any) -> TompClient:
    return profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])


def bike_behind(kind: str, address: str, **fields: Any) -> Asset:
    gateway = LockGateway.objects.create(name="Gate", kind=kind, address=address, timeout_seconds=1)
    return factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway), **fields)


@pytest.mark.parametrize(
    "answer", [Reply(500), Reply(200, body=b"garbage"), Reply(302, {"Location": "/"}), Raw(b""), "hang"]
)
def test_a_gateway_that_does_not_answer_leaves_the_command_open(
    remote: TompClient, peer: MpServer, answer: Any
) -> None:
    bike = bike_behind("HTTP", peer.base_url)
    leg = confirmed(remote, bike)
    before = everything()
    if answer == "hang":
        peer.hang()
    else:
        peer.always = answer
    refused = event(remote, leg, "SET_IN_USE")
    assert (refused.status, refused.body["errorcode"], refused.headers["Retry-After"]) == (503, 4005, "5")
    assert everything() == before
    assert [request.method for request in peer.received] == ["POST", "GET"], "told once, then asked"
    assert LockCommand.objects.get(settled_at=None).state == "SENT"

    peer.always = answers("LOCKED")
    with time_machine.travel(timezone.now() + LATER):
        settle_due()
    assert LockCommand.objects.get(settled_at__isnull=False).state == "NOT_OBEYED"


def test_wrong_credentials_are_503_and_nothing_stays_open(remote: TompClient, peer: MpServer) -> None:
    bike = bike_behind("HTTP", peer.base_url)
    leg = confirmed(remote, bike)
    before = everything()
    peer.always = Reply(401)
    assert event(remote, leg, "SET_IN_USE").status == 503
    assert everything() == before
    command = LockCommand.objects.get(settled_at__isnull=False)
    assert (command.state, command.error) == ("NOT_OBEYED", "The gateway answers 401.")


def test_a_lock_that_says_it_has_not_moved_is_told_once_more(remote: TompClient, peer: MpServer) -> None:
    bike = bike_behind("HTTP", peer.base_url)
    leg = confirmed(remote, bike)
    peer.script.extend([answers("LOCKED"), answers("LOCKED")])
    assert event(remote, leg, "SET_IN_USE").status == 503
    assert LockCommand.objects.get().state == "NOT_OBEYED"
    peer.script.append(answers("LOCKED"))
    peer.always = answers("UNLOCKED")
    assert event(remote, leg, "SET_IN_USE").status == 200
    keys = [request.body for request in peer.received[-2:]]
    assert keys[0][:46] == keys[1][:46], "the same command, by its id"


def test_a_broker_that_is_down_is_503(remote: TompClient) -> None:
    bike = bike_behind("MQTT", "mqtt://127.0.0.1:1/locks")
    leg = confirmed(remote, bike)
    before = everything()
    assert event(remote, leg, "SET_IN_USE").status == 503
    assert everything() == before
    assert LockCommand.objects.get(settled_at=None).state == "SENT"


@needs_broker
def test_a_ride_with_a_lock_over_mqtt(remote: TompClient) -> None:
    with MqttDevice("lock-7") as device:
        bike = bike_behind("MQTT", f"mqtt://127.0.0.1/{device.topic}", lock_device_id="lock-7")
        leg = confirmed(remote, bike)
        for name, state in [("SET_IN_USE", "UNLOCKED"), ("PAUSE", "LOCKED"), ("OPEN_TRUNK", "LOCKED")]:
            assert event(remote, leg, name).status == 200
            assert device.state == state
        device.reply = lambda command: {"lock": "JAMMED"}
        assert event(remote, leg, "SET_IN_USE").headers["Retry-After"] == "30"
    assert [one["command"] for one in device.heard] == ["UNLOCK", "LOCK", "OPEN_TRUNK", "UNLOCK"]
    bike.refresh_from_db()
    assert bike.lock_state == "JAMMED"
