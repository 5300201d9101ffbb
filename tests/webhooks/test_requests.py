"""What a message looks like when it arrives at the MP."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.bookings.models import Booking
from apps.providers.models import CallbackEndpoint
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryState
from tests.mp_server import MpServer, Reply
from tests.webhooks.conftest import Enqueue

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "messages.md"


def test_a_message_arrives_with_the_headers_tomp_demands(write: Enqueue, mp_server: MpServer, booking: Booking) -> None:
    message = write(comment="gesloten wegens sneeuw ❄")

    assert deliver_due() == 1

    (request,) = mp_server.received
    assert (request.method, request.path) == ("POST", f"/tomp/bookings/{booking.pk}/events")
    expected = {
        "Accept-Language": "en",
        "Api": "TOMP",
        "Api-Version": "1.6.1",
        "maas-id": "TEST-OPERATOR",
        "addressed-to": booking.provider.maas_id,
        "Content-Type": "application/json",
        "Content-Language": "en",
        "Idempotency-Key": str(message.key),
        "Host": f"127.0.0.1:{mp_server.port}",
    }
    assert expected.items() <= request.headers.items()
    assert not {"X-API-Key", "Authorization", "X-TOMP-Signature"} & request.headers.keys()
    assert json.loads(request.body) == {
        "operation": "CANCEL",
        "origin": "TO",
        "comment": "gesloten wegens sneeuw ❄",
    }
    message.refresh_from_db()
    assert message.state == DeliveryState.DELIVERED
    assert message.delivered_at is not None
    assert message.leased_until is None
    attempt = message.delivery_attempts.get()
    assert (attempt.status, attempt.error) == (200, "")


@pytest.mark.parametrize(
    ("authentication", "header", "value"),
    [
        ("API_KEY", "X-API-Key", "s3cret"),
        ("BASIC", "Authorization", "Basic " + base64.b64encode(b"operator:s3cret").decode()),
        ("BEARER", "Authorization", "Bearer s3cret"),
    ],
)
def test_we_authenticate_as_the_mp_wants(
    write: Enqueue,
    mp_server: MpServer,
    endpoint: CallbackEndpoint,
    authentication: str,
    header: str,
    value: str,
) -> None:
    endpoint.authentication, endpoint.username, endpoint.secret = authentication, "operator", "s3cret"
    endpoint.save()
    write()

    deliver_due()

    assert mp_server.received[0].headers[header] == value


def test_our_own_maas_id_at_the_mp_is_sent_where_there_is_one(
    write: Enqueue, mp_server: MpServer, endpoint: CallbackEndpoint
) -> None:
    endpoint.sent_maas_id = "bikes-to-us"
    endpoint.save()
    write()

    deliver_due()

    assert mp_server.received[0].headers["maas-id"] == "bikes-to-us"


def test_the_documented_check_accepts_our_signature_and_no_forgery(
    write: Enqueue, mp_server: MpServer, endpoint: CallbackEndpoint
) -> None:
    endpoint.signing_key = "shared key"
    endpoint.save()
    write()
    example = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)  # noqa: S102
    is_genuine = names["is_genuine"]

    deliver_due()

    request = mp_server.received[0]
    assert is_genuine(b"shared key", request.headers, request.body)
    assert not is_genuine(b"another key", request.headers, request.body)
    assert not is_genuine(b"shared key", request.headers, request.body + b" ")
    assert not is_genuine(b"shared key", {**request.headers, "X-TOMP-Timestamp": "1"}, request.body)
    with time_machine.travel(timezone.now().timestamp() + 600):
        assert not is_genuine(b"shared key", request.headers, request.body)


def test_a_repetition_has_the_same_key_and_body(write: Enqueue, mp_server: MpServer) -> None:
    mp_server.script.append(Reply(503))
    message = write()

    deliver_due()
    type(message).objects.update(next_attempt_at=timezone.now())
    deliver_due()

    first, second = mp_server.received
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body
