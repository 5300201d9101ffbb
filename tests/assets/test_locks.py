"""What is spoken with locks: over HTTP, over MQTT, and with simulated ones. docs/locks.md."""

import base64
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.urls import reverse

from apps.assets.locks.lock import LockReport, NoAnswer, Refused
from apps.assets.locks.models import LockGateway, SimulatedLock
from apps.assets.locks.over_http import HttpLock
from apps.assets.locks.over_mqtt import MqttLock
from apps.assets.locks.selectors import lock_of
from tests import factories
from tests.assets.lock_peers import BROKER, MqttDevice, answers, broker_with_password, needs_broker
from tests.mp_server import MpServer, Raw, Reply

KEY = uuid4()


@pytest.fixture
def peer() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


def over_http(peer: MpServer, **fields: Any) -> HttpLock:
    return HttpLock(LockGateway(kind="HTTP", address=peer.base_url, **{"timeout_seconds": 1, **fields}), "B 1/2")


# --- HTTP -----------------------------------------------------------------------------------------


def test_a_command_goes_to_the_locks_own_address_with_its_id(peer: MpServer) -> None:
    peer.always = answers("UNLOCKED", str(KEY))
    assert over_http(peer).obey("UNLOCK", KEY) == LockReport("UNLOCKED", str(KEY))
    (request,) = peer.received
    body = orjson.loads(request.body)
    assert (request.method, request.path) == ("POST", "/tomp/locks/B%201%2F2/commands")
    assert (body["id"], body["command"]) == (str(KEY), "UNLOCK")
    assert body["validUntil"]
    assert "Authorization" not in request.headers


def test_a_lock_is_asked_how_it_is(peer: MpServer) -> None:
    peer.always = answers("LOCKED")
    assert over_http(peer).report() == LockReport("LOCKED")
    assert (peer.received[0].method, peer.received[0].path) == ("GET", "/tomp/locks/B%201%2F2")


@pytest.mark.parametrize(
    ("username", "expected"),
    [("gate", f"Basic {base64.b64encode(b'gate:s3cret').decode()}"), ("", "Bearer s3cret")],
)
def test_credentials_go_along(peer: MpServer, username: str, expected: str) -> None:
    peer.always = answers("LOCKED")
    over_http(peer, username=username, secret="s3cret").report()
    assert peer.received[0].headers["Authorization"] == expected


def test_a_secret_that_cannot_be_sent_is_not_shown(peer: MpServer) -> None:
    with pytest.raises(Refused) as refused:
        over_http(peer, secret="top\nsecret").obey("UNLOCK", KEY)
    assert "secret" not in str(refused.value)
    assert not peer.received


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_gateway_that_refuses_has_told_the_lock_nothing(peer: MpServer, status: int) -> None:
    peer.always = Reply(status)
    with pytest.raises(Refused, match=str(status)):
        over_http(peer).obey("UNLOCK", KEY)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(500),
        Reply(503),
        Reply(408),
        Reply(302, {"Location": "http://127.0.0.1:1/"}),
        Reply(204, body=b""),
        Reply(200, body=b"no JSON"),
        Reply(200, body=b"[]"),
        Reply(200, body=b"null"),
        Reply(200, body=b"{}"),
        Reply(200, body=b'{"lock": "OPEN"}'),
        Reply(200, body=b'{"lock": "UNKNOWN"}'),
        Reply(200, body=b'{"lock": {"state": "LOCKED"}}'),
        Reply(200, {"Content-Encoding": "gzip"}, b"not gzip"),
        Reply(200, body=b'{"lock": "LOCKED", "x": "' + b"x" * 1_000_000),
        Raw(b""),
        Raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        Raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000, pause=0.02),
        Raw(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"lock": "LOCKED"}' + b" " * 900, pause=0.02),
    ],
)
def test_what_is_no_report_is_no_answer(peer: MpServer, answer: Any) -> None:
    peer.always = answer
    with pytest.raises(NoAnswer):
        over_http(peer).obey("UNLOCK", KEY)
    assert len(peer.received) == 1, "nothing is sent twice behind our back"


def test_a_gateway_that_is_slow_is_left(peer: MpServer) -> None:
    peer.hang()
    with pytest.raises(NoAnswer):
        over_http(peer).obey("UNLOCK", KEY)


def test_a_gateway_that_drips_its_answer_is_cut_off(peer: MpServer) -> None:
    """Each byte comes well within the time that a lock has; only the hard limit ends it."""
    peer.always = Raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000, pause=0.02)
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        over_http(peer).obey("UNLOCK", KEY)
    assert 1 <= time.monotonic() - started < 3


def test_a_gateway_that_is_down_does_not_answer() -> None:
    with pytest.raises(NoAnswer):
        HttpLock(LockGateway(kind="HTTP", address="http://127.0.0.1:1"), "B1").report()


# --- MQTT -----------------------------------------------------------------------------------------


def over_mqtt(topic: str, address: tuple[str, int] = BROKER, **fields: Any) -> MqttLock:
    host, port = address
    gateway = LockGateway(kind="MQTT", address=f"mqtt://{host}:{port}/{topic}", **{"timeout_seconds": 1, **fields})
    return MqttLock(gateway, "B/1")


@needs_broker
def test_a_lock_obeys_over_mqtt() -> None:
    with MqttDevice("B%2F1") as device:
        lock = over_mqtt(device.topic)
        assert lock.report() == LockReport("LOCKED")
        assert lock.obey("UNLOCK", KEY) == LockReport("UNLOCKED", str(KEY))
        trunk = uuid4()
        opened = lock.obey("OPEN_TRUNK", trunk)
        assert opened.has_obeyed("OPEN_TRUNK", trunk)
        assert not opened.has_obeyed("OPEN_TRUNK", KEY)
    assert [command["command"] for command in device.heard] == ["REPORT", "UNLOCK", "OPEN_TRUNK"]


@needs_broker
def test_a_silent_lock_is_no_answer() -> None:
    with MqttDevice("B%2F1") as device:
        device.reply = lambda command: None
        with pytest.raises(NoAnswer):
            over_mqtt(device.topic).report()
    assert len(device.heard) == 1


@needs_broker
@pytest.mark.parametrize("answer", [b"no JSON", b"[1]", b'{"id": "another", "lock": "UNLOCKED"}', {"lock": "?"}])
def test_answers_to_others_and_garbage_are_none(answer: Any) -> None:
    with MqttDevice("B%2F1") as device:
        device.reply = lambda command: answer
        with pytest.raises(NoAnswer):
            over_mqtt(device.topic).obey("UNLOCK", KEY)


def test_a_broker_that_is_down_does_not_answer() -> None:
    with pytest.raises(NoAnswer):
        over_mqtt("tests", ("127.0.0.1", 1)).report()


def test_what_is_no_broker_does_not_answer(peer: MpServer) -> None:
    with pytest.raises(NoAnswer):
        over_mqtt("tests", ("127.0.0.1", peer.port)).report()


@pytest.mark.skipif(shutil.which("mosquitto_passwd") is None, reason="Mosquitto is not installed")
def test_a_broker_lets_us_in_with_the_right_password_only(tmp_path: Path) -> None:
    with broker_with_password(tmp_path, "gate", "s3cret") as port:
        address = ("127.0.0.1", port)
        with MqttDevice("B%2F1", address=address, username="gate", password="s3cret") as device:
            lock = over_mqtt(device.topic, address, username="gate", secret="s3cret")
            assert lock.obey("UNLOCK", KEY).state == "UNLOCKED"
            for wrong in ({"username": "gate", "secret": "wrong"}, {}):
                with pytest.raises(Refused, match="credentials"):
                    over_mqtt(device.topic, address, **wrong).obey("LOCK", KEY)
    assert len(device.heard) == 1


# --- simulated, and which lock it is ----------------------------------------------------------------


@pytest.fixture
def scooter(operator: Any) -> Any:
    gateway = LockGateway.objects.create(name="Simulated", kind="SIMULATED")
    return factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))


@pytest.mark.django_db
def test_a_simulated_lock_behaves_as_it_is_set(scooter: Any) -> None:
    lock = lock_of(scooter)
    assert lock is not None
    assert lock.report() == LockReport("LOCKED")
    assert lock.obey("UNLOCK", KEY) == LockReport("UNLOCKED", str(KEY))
    row = SimulatedLock.objects.filter(asset=scooter)

    row.update(behaviour="JAMS")
    assert lock.obey("LOCK", uuid4()).state == lock.report().state == "JAMMED"
    row.update(behaviour="IS_SILENT")
    for call in (lock.report, lambda: lock.obey("LOCK", KEY)):
        with pytest.raises(NoAnswer):
            call()
    row.update(behaviour="LOSES_ANSWERS")
    with pytest.raises(NoAnswer):
        lock.obey("LOCK", KEY)
    assert lock.report() == LockReport("LOCKED", str(KEY))


@pytest.mark.django_db
def test_an_asset_type_without_a_gateway_has_no_locks(asset: Any) -> None:
    assert lock_of(asset) is None


@pytest.mark.django_db
def test_a_lock_is_known_by_the_assets_number_or_an_id_of_its_own(operator: Any) -> None:
    gateway = LockGateway.objects.create(name="Gate", kind="HTTP", address="https://locks.example")
    kind = factories.AssetTypeFactory(lock_gateway=gateway)
    assert lock_of(factories.AssetFactory(asset_type=kind, code="B1")) == HttpLock(gateway, "B1")
    own = factories.AssetFactory(asset_type=kind, lock_device_id="imei-7")
    assert lock_of(own) == HttpLock(gateway, "imei-7")
    LockGateway.objects.filter(pk=gateway.pk).update(kind="MQTT", address="mqtts://broker.example/locks")
    kind.refresh_from_db()
    assert isinstance(lock_of(own.__class__.objects.get(pk=own.pk)), MqttLock)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("HTTP", ""),
        ("HTTP", "mqtt://broker.example"),
        ("HTTP", "https://"),
        ("HTTP", "https://user:secret@locks.example"),
        ("HTTP", "https://locks.example/?key=secret"),
        ("HTTP", "https://locks.example:99999"),
        ("HTTP", "https://locks.example/a b"),
        ("HTTP", "https://[locks"),
        ("MQTT", "https://locks.example"),
        ("SIMULATED", "https://locks.example"),
    ],
)
def test_an_address_is_one_of_its_kind(kind: str, address: str) -> None:
    with pytest.raises(ValidationError, match="address"):
        LockGateway(name="Gate", kind=kind, address=address).clean()


@pytest.mark.django_db
def test_the_database_refuses_a_gateway_without_an_address() -> None:
    with pytest.raises(IntegrityError, match="lock_gateway_has_an_address_of_its_kind"):
        LockGateway.objects.create(name="Gate", kind="HTTP")


@pytest.mark.django_db
def test_a_secret_is_kept_encrypted_and_not_shown(admin_client: Any, operator: Any) -> None:
    fields = {"name": "Gate", "kind": "HTTP", "address": "https://locks.example", "timeout_seconds": 4}
    answer = admin_client.post(reverse("admin:assets_lockgateway_add"), {**fields, "secret": "s3cret"})
    assert answer.status_code == 302, answer.text
    gateway = LockGateway.objects.get()
    assert gateway.secret == "s3cret"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM assets_lockgateway")
        assert "s3cret" not in cursor.fetchone()[0]
    address = reverse("admin:assets_lockgateway_change", args=[gateway.pk])
    assert "s3cret" not in admin_client.get(address).text
    assert admin_client.post(address, {**fields, "name": "Gate 2", "secret": ""}).status_code == 302
    assert LockGateway.objects.get(name="Gate 2").secret == "s3cret"
