"""Vehicles that report over MQTT, at a real Mosquitto."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.utils import timezone
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from apps.assets.models import Asset
from apps.telemetry import listener as module
from apps.telemetry.listener import BrokerRefuses, Listener
from apps.telemetry.models import TrailPoint
from tests import factories
from tests.assets.lock_peers import BROKER, needs_broker
from tests.concurrency.installation import environment
from tests.mp_server import wait_until
from tests.telemetry.sending import reading

pytestmark = [needs_broker, pytest.mark.django_db(transaction=True)]


class Relay:
    """A way to the broker that can be cut: `with Relay() as relay:` listens at `relay.port`."""

    def __enter__(self) -> "Relay":
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.open: list[socket.socket] = []
        self.connected = 0
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            far = socket.create_connection(BROKER)
            self.open += [near, far]
            self.connected += 1
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while content := one.recv(65536):
                other.sendall(content)
        except OSError:
            return

    def cut(self) -> None:
        """End every connection that passes."""
        for one in self.open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.open.clear()


@pytest.fixture
def topic() -> str:
    """A topic of this test's own."""
    return f"test/{uuid4()}"


@pytest.fixture
def publish(topic: str) -> Iterator[Callable[..., None]]:
    """Publish JSON (or bytes as they are) on the topic, and wait until the broker has it."""
    vehicle = Client(CallbackAPIVersion.VERSION2)
    vehicle.max_inflight_messages_set(1000)
    vehicle.connect(*BROKER)
    vehicle.loop_start()

    def send(*messages: Any) -> None:
        sent = [vehicle.publish(topic, one if isinstance(one, bytes) else orjson.dumps(one), qos=1) for one in messages]
        for one in sent:
            one.wait_for_publish(20)

    yield send
    vehicle.disconnect()
    vehicle.loop_stop()


@contextmanager
def listening(topic: str, *, port: int = BROKER[1]) -> Iterator[Listener]:
    """A listener in a thread; the broker forgets its session when it ends."""
    listener = Listener(url=f"mqtt://127.0.0.1:{port}", topic=topic, client_id=topic)
    subscribed = threading.Event()
    known = listener._client.on_subscribe

    def note(*arguments: Any) -> None:
        known(*arguments)  # type: ignore[misc]
        subscribed.set()

    listener._client.on_subscribe = note

    def run() -> None:
        try:
            listener.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        assert subscribed.wait(20)
        yield listener
    finally:
        listener.stop()
        thread.join(20)
        assert not thread.is_alive()


def test_readings_are_taken_one_or_many_in_a_message(operator: Any, topic: str, publish: Callable[..., None]) -> None:
    one, two, three = (factories.AssetFactory() for _ in range(3))
    with listening(topic):
        publish(
            reading(one, stateOfCharge=1),
            b"{",
            b"7",
            {"readings": 7},
            {"readings": [reading(two, stateOfCharge=2), reading(two, stateOfCharge=200)]},
            reading(three, stateOfCharge=3),
        )
        wait_until(lambda: set(Asset.objects.values_list("state_of_charge", flat=True)) == {1, 2, 3})


def test_many_messages_are_written_in_few_batches(
    operator: Any, topic: str, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = factories.AssetTypeFactory()
    Asset.objects.bulk_create(
        Asset(code=f"C{number:03}", asset_type=kind, latitude=52, longitude=5, state="IN_USE") for number in range(500)
    )
    sizes: list[int] = []
    known = module.take

    def take(sent: Any, **options: Any) -> Any:
        sizes.append(len(sent))
        return known(sent, **options)

    monkeypatch.setattr(module, "take", take)
    with listening(topic):
        publish(*(reading(asset, lat=52.1, lng=5.1) for asset in Asset.objects.all()))
        wait_until(lambda: TrailPoint.objects.count() == 500)
    assert sum(sizes) == 500
    assert len(sizes) <= 10, sizes


def test_it_connects_again_by_itself_and_misses_nothing(asset: Any, topic: str, publish: Callable[..., None]) -> None:
    with Relay() as relay, listening(topic, port=relay.port):
        publish(reading(asset, stateOfCharge=1))
        wait_until(lambda: Asset.objects.filter(state_of_charge=1).exists())
        relay.cut()
        publish(reading(asset, stateOfCharge=2))
        wait_until(lambda: Asset.objects.filter(state_of_charge=2).exists())
        assert relay.connected == 2


def test_a_database_that_is_away_loses_nothing(
    asset: Any, topic: str, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OperationalError("gone")] * 2)
    known = module.take

    def take(sent: Any, **options: Any) -> Any:
        for failure in failures:
            raise failure
        return known(sent, **options)

    monkeypatch.setattr(module, "take", take)
    monkeypatch.setattr(module, "SHORTEST_WAIT", 0.1)
    with listening(topic):
        publish(reading(asset, stateOfCharge=1))
        wait_until(lambda: Asset.objects.filter(state_of_charge=1).exists())


def test_what_was_not_written_comes_again_after_a_restart(
    asset: Any, topic: str, publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def take(sent: Any, **options: Any) -> Any:
        tried.set()
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(module, "take", take)
        with listening(topic):
            publish(reading(asset, stateOfCharge=1))
            assert tried.wait(20)
    publish(reading(asset, mileage=2))
    with listening(topic):
        wait_until(lambda: Asset.objects.filter(state_of_charge=1, mileage=2).exists())


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:1883", "mqtt://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BrokerRefuses, match="TELEMETRY_MQTT_URL"):
        Listener(url=url, topic="x", client_id="x")


def test_the_command_takes_readings_and_stops_when_asked(
    asset: Any, topic: str, publish: Callable[..., None], tmp_path: Path
) -> None:
    variables = {
        **environment(tmp_path),
        "TELEMETRY_MQTT_URL": f"mqtt://{BROKER[0]}:{BROKER[1]}",
        "TELEMETRY_MQTT_TOPIC": topic,
        "PUBLIC_URL": f"http://{topic}",
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "listen_telemetry"]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:

        def taken() -> bool:
            publish(reading(asset, at=timezone.now(), stateOfCharge=7))
            return Asset.objects.filter(state_of_charge=7).exists()

        wait_until(taken, seconds=40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()
