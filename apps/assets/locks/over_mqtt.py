"""Locks behind an MQTT broker (docs/locks.md): a request on one topic, its answer on another, matched by id.

A connection per request, driven in the calling thread: nothing is kept in a process, and nothing runs on behind it.
"""

import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import orjson
from django.utils import timezone
from paho.mqtt.client import Client, MQTTMessage, error_string
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from apps.assets.locks.lock import LockReport, NoAnswer, Refused, report_in
from apps.assets.locks.models import LockGateway

PORTS = {"mqtt": 1883, "mqtts": 8883}
AT_LEAST_ONCE = 1
# What a broker says to a user name or password it does not take (MQTT 3.1.1, 3.2.2.3).
NOT_LET_IN = {"Bad user name or password", "Not authorized"}


@dataclass(frozen=True)
class MqttLock:
    """The lock `device` of an MQTT gateway."""

    gateway: LockGateway
    device: str

    def obey(self, order: str, key: UUID) -> LockReport:
        """Publish the command on `<topic>/<device>/command` and wait for its answer."""
        until = timezone.now() + timedelta(seconds=self.gateway.timeout_seconds)
        return self._ask({"id": str(key), "command": order, "validUntil": until})

    def report(self) -> LockReport:
        """The command REPORT, under an id of its own."""
        return self._ask({"id": str(uuid4()), "command": "REPORT"})

    def _ask(self, request: dict[str, Any]) -> LockReport:
        topic = f"{urlsplit(self.gateway.address).path.strip('/')}/{quote(self.device, safe='')}".lstrip("/")
        return report_in(_Exchange(topic, request).run(self.gateway))


class _Exchange:
    """One request and its answer: connect, subscribe to the answers, publish, wait."""

    def __init__(self, topic: str, request: dict[str, Any]) -> None:
        self.topic, self.request = topic, request
        self.answer: dict[str, Any] | None = None
        self.refusal = ""
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._received

    def run(self, gateway: LockGateway) -> dict[str, Any]:
        """The answer, within the gateway's time. Raises `NoAnswer` and `Refused`."""
        url, deadline = urlsplit(gateway.address), time.monotonic() + gateway.timeout_seconds
        if url.scheme == "mqtts":
            self.client.tls_set_context(ssl.create_default_context())
        if gateway.username:
            self.client.username_pw_set(gateway.username, gateway.secret or "")
        self.client.connect_timeout = float(gateway.timeout_seconds)
        try:
            self.client.connect(url.hostname or "", url.port or PORTS[url.scheme])
            self._wait(deadline)
        except OSError as error:
            raise NoAnswer(f"The broker does not answer: {type(error).__name__}.") from error
        finally:
            self.client.disconnect()
        if self.refusal:
            raise Refused(self.refusal)
        if self.answer is None:
            raise NoAnswer("No answer in time.")
        return self.answer

    def _wait(self, deadline: float) -> None:
        while self.answer is None and not self.refusal:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            result = self.client.loop(left)
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS and not self.refusal:
                raise NoAnswer(f"The broker went away: {error_string(result)}")

    def _connected(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if str(reason) in NOT_LET_IN:
            self.refusal = "The broker does not take our credentials."
        elif not reason.is_failure:
            client.subscribe(f"{self.topic}/answer", qos=AT_LEAST_ONCE)

    def _subscribed(self, client: Client, userdata: Any, message_id: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self.refusal = "The broker does not let us hear the lock's answers."
            return
        client.publish(f"{self.topic}/command", orjson.dumps(self.request), qos=AT_LEAST_ONCE)

    def _received(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        """Answers to others come by here too."""
        try:
            answer = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            return
        if isinstance(answer, dict) and answer.get("id") == self.request["id"]:
            self.answer = answer
