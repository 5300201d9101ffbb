"""Listening to vehicles that report over MQTT (docs/telemetry.md).

A message is acknowledged only when what it said is written; what was not, the broker sends again, also after this
process has died. All of it happens in one thread: while a batch is being written, nothing is read.
"""

import ssl
import time
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from apps.telemetry.services import MAX_READINGS, take
from apps.tomp.errors import ServiceUnavailable

PORTS = {"mqtt": 1883, "mqtts": 8883}
AT_LEAST_ONCE = 1
# A batch is written when it holds so many readings, or so many seconds after its first.
FULL_BATCH = 500
BATCH_SECONDS = 1.0
# How long the broker keeps for us what comes while we are away, in seconds.
SESSION_SECONDS = 3600
MAX_MESSAGE_BYTES = 1024 * 1024
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0

log = structlog.get_logger(__name__)


class BrokerRefuses(Exception):
    """The broker does not let us in, or not hear the topic: waiting will not help."""


class Listener:
    """Takes readings from `topic` of the broker at `url` until `stop` is called.

    `client_id` names our session at the broker; only one listener of a name can be connected at a time.
    """

    def __init__(self, *, url: str, topic: str, client_id: str) -> None:
        self.url, self.topic = urlsplit(url), topic
        if self.url.scheme not in PORTS or not self.url.hostname:
            raise BrokerRefuses("TELEMETRY_MQTT_URL is no mqtt:// or mqtts:// address.")
        self.stopping = False
        self._refusal = ""
        self._readings: list[Any] = []
        self._to_acknowledge: list[MQTTMessage] = []
        self._since = 0.0
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._received
        if self.url.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context())
        if self.url.username:
            self._client.username_pw_set(unquote(self.url.username), unquote(self.url.password or ""))

    def stop(self) -> None:
        """Write what has come and end; may be called from a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Listen, and connect again whenever the connection is lost. Raises `BrokerRefuses`."""
        wait = SHORTEST_WAIT
        while not self.stopping:
            try:
                self._connect()
                if self._listen():
                    wait = SHORTEST_WAIT
            except OSError as error:
                log.warning("the broker does not answer", error=type(error).__name__)
            self._write()
            self._pause(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        self._client.disconnect()

    def _connect(self) -> None:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_SECONDS
        properties.ReceiveMaximum = 2 * FULL_BATCH
        properties.MaximumPacketSize = MAX_MESSAGE_BYTES
        port = self.url.port or PORTS[self.url.scheme]
        self._client.connect(self.url.hostname or "", port, clean_start=False, properties=properties)

    def _listen(self) -> bool:
        """Until the connection is lost or we are to stop; returns whether there was a connection."""
        connected = False
        while not self.stopping:
            result = self._client.loop(self._seconds_left())
            if self._refusal:
                raise BrokerRefuses(self._refusal)
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
            connected = connected or self._client.is_connected()
            if len(self._readings) >= FULL_BATCH or self._seconds_left() <= 0:
                self._write()
        return connected

    def _seconds_left(self) -> float:
        """Until the batch is to be written."""
        if not self._to_acknowledge:
            return BATCH_SECONDS
        return max(0.0, self._since + BATCH_SECONDS - time.monotonic())

    def _write(self) -> None:
        """Write the batch, however long the database is away, and acknowledge its messages."""
        messages, self._to_acknowledge = self._to_acknowledge, []
        readings, self._readings = self._readings, []
        wait = SHORTEST_WAIT
        while readings:
            close_old_connections()
            try:
                refused = take(readings, now=timezone.now())
            except (OperationalError, InterfaceError, ServiceUnavailable) as error:
                log.warning("readings could not be written; trying again", error=type(error).__name__)
                connection.close()
                if self.stopping:
                    return  # the broker sends them again
                self._pause(wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            if refused:
                log.warning("readings refused", count=len(refused), first=refused[0].detail)
            break
        for message in messages:
            self._client.ack(message.mid, message.qos)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _connected(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if str(reason) in {"Bad user name or password", "Not authorized"}:
            self._refusal = "The broker does not take our credentials."
        elif not reason.is_failure:
            client.subscribe(self.topic, qos=AT_LEAST_ONCE)

    def _subscribed(self, client: Client, userdata: Any, message_id: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refusal = f"The broker does not let us hear {self.topic}."
        else:
            log.info("listening", topic=self.topic)

    def _received(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        """One reading, or `readings`; what is neither is acknowledged and forgotten."""
        if not self._to_acknowledge:
            self._since = time.monotonic()
        self._to_acknowledge.append(message)
        try:
            sent = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            log.warning("a message is no JSON", topic=message.topic)
            return
        several = sent.get("readings") if isinstance(sent, dict) else None
        if several is None:
            self._readings.append(sent)
        elif isinstance(several, list) and len(several) <= MAX_READINGS:
            self._readings += several
        else:
            log.warning("a message holds no list of at most 1,000 readings", topic=message.topic)
