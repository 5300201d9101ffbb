"""The hard limit of a call to somebody else holds wherever the other side takes its time.

Heads, bodies, certificates and what is no HTTP: tests/webhooks/test_sending.py and tests/assets/test_locks.py.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apps.network.http_exchange import FAILURES, exchange, resolve
from tests.mp_server import MpServer, Raw

LIMIT = 0.5
# Each byte comes well within the time that reading may take.
PAUSE = 0.02


@contextmanager
def dripping_listener(content: bytes) -> Iterator[int]:
    """A port where whoever connects is sent `content` a byte at a time, again and again."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connected, _ = listener.accept()
            with connected:
                position = 0
                while not stopping.wait(PAUSE):
                    try:
                        connected.send(content[position % len(content) :][:1])
                    except OSError:
                        return
                    position += 1

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stopping.set()
            thread.join(5)


@contextmanager
def cut_off_in_time() -> Iterator[None]:
    """What is done here ends at the limit, and with no answer."""
    started = time.monotonic()
    with pytest.raises(FAILURES):
        yield
    assert LIMIT <= time.monotonic() - started < LIMIT + 1.5


def test_a_tls_handshake_that_drips_is_cut_off() -> None:
    a_long_record = b"\x16\x03\x03\x3f\xff" + b"\x00" * 1000
    with dripping_listener(a_long_record) as port, cut_off_in_time():
        exchange("GET", f"https://127.0.0.1:{port}/", body=None, headers={}, seconds=LIMIT)


def test_a_name_that_takes_long_leaves_no_time_for_the_rest() -> None:
    def slow(host: str, port: int) -> list[str]:
        threading.Event().wait(LIMIT)
        return resolve(host, port)

    with MpServer() as peer:
        with cut_off_in_time():
            exchange("GET", peer.base_url, body=None, headers={}, seconds=LIMIT, resolver=slow)
        assert not peer.received, "nothing is sent any more"


def test_after_a_slow_name_a_server_that_drips_is_cut_off_all_the_same() -> None:
    def slow(host: str, port: int) -> list[str]:
        threading.Event().wait(LIMIT / 2)
        return resolve(host, port)

    with MpServer() as peer:
        peer.always = Raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000, pause=PAUSE)
        with cut_off_in_time():
            exchange("GET", peer.base_url, body=None, headers={}, seconds=LIMIT, resolver=slow)


def test_another_address_of_the_name_is_tried() -> None:
    with MpServer() as peer:
        answer = exchange(
            "POST",
            f"http://a-name.invalid:{peer.port}/a?b=c",
            body=b"{}",
            headers={"X-Ours": "yes"},
            seconds=5,
            resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"],
        )
    assert (answer.status, answer.content) == (200, b"{}")
    (request,) = peer.received
    assert (request.method, request.path, request.body) == ("POST", "/a?b=c", b"{}")
    assert (request.headers["Host"], request.headers["X-Ours"]) == (f"a-name.invalid:{peer.port}", "yes")
