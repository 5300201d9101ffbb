"""Peers that misbehave: slow, endless, forged."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.network import http_exchange
from apps.webhooks import sending
from apps.webhooks.addresses import parse_callback_url
from apps.webhooks.outgoing import OutgoingRequest
from tests.mp_server import MpServer, Raw, Reply


def request_to(base_url: str, **headers: str) -> OutgoingRequest:
    """A small request to `base_url`."""
    return OutgoingRequest(parse_callback_url(base_url), "POST", "/events", headers, b"{}", "")


@pytest.fixture
def peer() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


def test_a_peer_that_hangs_is_left(peer: MpServer) -> None:
    peer.hang()

    outcome = sending.send(request_to(peer.base_url), seconds=0.3)

    assert (outcome.status, outcome.error) == (None, "no answer in time")
    assert 300 <= outcome.duration_ms < 3000


def test_a_peer_that_drips_its_head_is_cut_off(peer: MpServer) -> None:
    """Each byte comes well within the read timeout; only the hard limit ends it."""
    peer.always = Raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000, pause=0.02)

    outcome = sending.send(request_to(peer.base_url), seconds=0.5)

    assert (outcome.status, outcome.error) == (None, "no answer in time")
    assert 500 <= outcome.duration_ms < 3000


def test_a_peer_that_drips_its_body_has_answered(peer: MpServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    peer.always = Raw(head + b"x" * 100000, pause=0.005)

    outcome = sending.send(request_to(peer.base_url), seconds=1.0)

    assert (outcome.status, outcome.error) == (200, "")
    assert outcome.duration_ms < 3000


def test_of_an_endless_answer_little_is_read(peer: MpServer) -> None:
    peer.always = Reply(500, {"Content-Type": "text/plain"}, body=b"A" * 20_000_000)

    outcome = sending.send(request_to(peer.base_url), seconds=5)

    assert outcome.status == 500
    assert outcome.error == "A" * sending.MAX_ERROR_LENGTH


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_http_is_no_answer(peer: MpServer, answer: bytes) -> None:
    peer.always = Raw(answer)

    outcome = sending.send(request_to(peer.base_url), seconds=5)

    assert outcome.status is None
    assert outcome.error
    assert not outcome.refused


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00broken", b"[1, 2]", b'{"detail": {"deep": 1}}', b'{"title": null}', b"\x1f\x8b not gzip"],
)
def test_any_error_body_can_be_kept(peer: MpServer, body: bytes) -> None:
    peer.always = Reply(400, {"Content-Encoding": "gzip"}, body)

    outcome = sending.send(request_to(peer.base_url), seconds=5)

    assert outcome.status == 400
    assert "\x00" not in outcome.error


def test_a_name_that_does_not_exist_is_no_answer() -> None:
    outcome = sending.send(request_to("http://no-such-host.invalid"), seconds=20)

    assert outcome.status is None
    assert not outcome.refused


def test_a_header_that_cannot_be_sent_does_not_show_its_value(peer: MpServer) -> None:
    outcome = sending.send(request_to(peer.base_url, **{"X-API-Key": "top\nsecret"}), seconds=5)

    assert outcome.status is None
    assert "secret" not in outcome.error
    assert not peer.received


def certificate_for(name: str, folder: Path) -> Path:
    """A self-signed certificate and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("named", "trusted", "status"),
    [("localhost", True, 200), ("localhost", False, None), ("else", True, None)],
)
def test_the_certificate_is_verified_for_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, trusted: bool, status: int | None
) -> None:
    pem = certificate_for(named, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    http_exchange._tls.cache_clear()
    try:
        with MpServer(tls=context, host="localhost") as peer:
            outcome = sending.send(request_to(peer.base_url), seconds=5)
    finally:
        http_exchange._tls.cache_clear()

    assert outcome.status == status
    if status is None:
        assert "The certificate is not accepted: " in outcome.error
        assert not peer.received
    else:
        assert peer.received[0].headers["Host"] == f"localhost:{peer.port}"
