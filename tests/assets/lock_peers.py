"""Locks of the tests: a gateway over HTTP, and a lock at a real MQTT broker."""

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.mp_server import DEADLINE, Reply, wait_until

BROKER = ("127.0.0.1", 1883)


def answers(lock: str, last_command: str = "") -> Reply:
    """An HTTP gateway's report."""
    return Reply(200, body=orjson.dumps({"lock": lock, "lastCommand": last_command}))


def broker_answers(address: tuple[str, int] = BROKER) -> bool:
    """Does anybody listen there?"""
    try:
        socket.create_connection(address, 1).close()
    except OSError:
        return False
    return True


needs_broker = pytest.mark.skipif(not broker_answers(), reason="no MQTT broker at 127.0.0.1:1883")


class MqttDevice:
    """`with MqttDevice() as device:` is a lock at the broker; `device.topic` is its gateway's topic.

    It answers each command with what `reply` makes of it, None for silence. `heard` lists the commands.
    """

    def __init__(self, device: str, *, address: tuple[str, int] = BROKER, **login: str) -> None:
        self.topic = f"tests/{uuid4()}"
        self.device, self.address = device, address
        self.heard: list[dict[str, Any]] = []
        self.state = "LOCKED"
        self.last_command = ""
        self.reply: Callable[[dict[str, Any]], Any] = self._obey
        self._listening = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        if login:
            self._client.username_pw_set(login["username"], login["password"])
        self._client.on_connect = lambda *_: self._client.subscribe(f"{self.topic}/{device}/command", qos=1)
        self._client.on_subscribe = lambda *_: self._listening.set()
        self._client.on_message = lambda client, userdata, message: self._hear(orjson.loads(message.payload))

    def __enter__(self) -> "MqttDevice":
        self._client.connect(*self.address)
        self._client.loop_start()
        assert self._listening.wait(DEADLINE)
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _obey(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["command"] != "REPORT":
            self.state = {"UNLOCK": "UNLOCKED", "LOCK": "LOCKED"}.get(command["command"], self.state)
            self.last_command = command["id"]
        return {"lock": self.state, "lastCommand": self.last_command}

    def _hear(self, command: dict[str, Any]) -> None:
        self.heard.append(command)
        answer = self.reply(command)
        if answer is not None:
            content = answer if isinstance(answer, bytes) else orjson.dumps({"id": command["id"], **answer})
            self._client.publish(f"{self.topic}/{self.device}/answer", content, qos=1)


@contextmanager
def broker_with_password(folder: Path, username: str, password: str) -> Iterator[int]:
    """A Mosquitto of our own that lets in one user; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, username, password], check=True)
    passwords.chmod(0o600)
    (folder / "mosquitto.conf").write_text(
        f"user root\nlistener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
    )
    broker = subprocess.Popen(
        ["mosquitto", "-c", folder / "mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: broker_answers(("127.0.0.1", port)))
        yield port
    finally:
        broker.terminate()
        broker.wait(10)
